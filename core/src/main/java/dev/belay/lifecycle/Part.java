package dev.belay.lifecycle;

import dev.belay.Context;

/**
 * A part of a program that does work: a server, workers of a queue. {@link Lifecycle} calls each
 * method once, in this order, on a thread of its own; it waits for each only so long, so one that
 * does not return holds up no other part. What a method throws is reported.
 */
@SuppressWarnings("try") // close() may be interrupted: its caller bounds it
public interface Part extends AutoCloseable {

  /**
   * Takes no new work from now on, and goes on with what was begun. A server closes its listening
   * socket here.
   */
  default void stopTaking() throws Exception {}

  /**
   * Waits until what was begun is done, where {@link InFlight} does not count it. Does nothing
   * unless overridden.
   *
   * @param grace ends when the grace is over; what waits under it returns then
   */
  default void drain(Context grace) throws Exception {}

  /** Releases everything. The contexts of the work have ended before. */
  @Override
  void close() throws Exception;
}
