package dev.belay.jetty;

import dev.belay.http.server.HeaderTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.io.CyclicTimeout;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes a connection whose client takes too long over a request's header. The time runs from the
 * header's first byte until its request is handled.
 */
final class HeaderTimer extends CyclicTimeout {
  private enum Phase {
    BETWEEN_REQUESTS,
    HEADER,
    REQUEST,
    STOPPED
  }

  private final EndPoint endPoint;
  private final long timeoutNanos;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.BETWEEN_REQUESTS);
  private volatile long begunNanos;

  HeaderTimer(EndPoint endPoint, Scheduler scheduler, Duration timeout) {
    super(scheduler);
    this.endPoint = endPoint;
    this.timeoutNanos = timeout.toNanos();
  }

  /** The connection has read some bytes: outside a request they are a header's. */
  void bytesArrived() {
    if (phase.get() == Phase.BETWEEN_REQUESTS) {
      begunNanos = System.nanoTime();
      if (phase.compareAndSet(Phase.BETWEEN_REQUESTS, Phase.HEADER)) {
        schedule(timeoutNanos, TimeUnit.NANOSECONDS);
      }
    }
  }

  /** The header is complete: what is read from now on is the request's body. */
  void requestBegins() {
    if (phase.getAndUpdate(now -> now == Phase.STOPPED ? now : Phase.REQUEST) == Phase.HEADER) {
      cancel();
    }
  }

  /** The request is answered: what is read from now on is the next one's header. */
  void requestEnds() {
    phase.compareAndSet(Phase.REQUEST, Phase.BETWEEN_REQUESTS);
  }

  /** The connection is closed, or no longer HTTP/1.1. */
  void stop() {
    phase.set(Phase.STOPPED);
    destroy();
  }

  @Override
  public void onTimeoutExpired() {
    // Jetty may run an expiry that raced with cancel() late, while the next header is being read.
    boolean ripe = System.nanoTime() - begunNanos >= timeoutNanos;
    if (ripe && phase.compareAndSet(Phase.HEADER, Phase.STOPPED)) {
      var limit = Duration.ofNanos(timeoutNanos);
      endPoint.close(new HeaderTimeoutException("request header not complete after " + limit));
    }
  }
}
