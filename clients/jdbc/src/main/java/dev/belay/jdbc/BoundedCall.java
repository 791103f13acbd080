package dev.belay.jdbc;

import dev.belay.Canceller;
import dev.belay.Context;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One call of the driver that returns in bounded time, whatever the server does. When its context
 * has ended it gets a patience. After that
 *
 * <ol>
 *   <li>the connection is discarded and broken, which makes the driver throw;
 *   <li>a thread that is inside the driver all the same is interrupted, where that harms nothing
 *       else: some drivers wait for a lock that a broken connection does not free;
 *   <li>a caller whose call runs on a helper thread is released from it.
 * </ol>
 *
 * <p>By itself it sends no cancel, which is right for a commit or a rollback; {@link
 * StatementCanceller} does.
 */
class BoundedCall implements Canceller {
  /** How long each of the three steps gets. */
  private static final long STEP_MILLIS = 100;

  final ContextConnection connection;
  private final Duration patience;
  private final CountDownLatch returned = new CountDownLatch(1);

  /** Whether it is decided if the call returned first, or its patience was over. */
  private final AtomicBoolean decided = new AtomicBoolean();

  private volatile boolean broken;
  private volatile @Nullable DriverThread caller;
  private volatile @Nullable HelperCall<?> helper;
  private volatile @Nullable Place place;

  BoundedCall(ContextConnection connection, Duration patience) {
    this.connection = connection;
    this.patience = patience;
  }

  /**
   * Makes the call; it is the body of {@link Context#call(Canceller, dev.belay.ContextCallable)}
   * with this canceller.
   *
   * @param onInterrupt runs once after the first interrupt of the calling thread
   */
  final <T extends @Nullable Object> T run(
      Place where, Context ctx, SqlCallable<T> call, Runnable onInterrupt) throws SQLException {
    place = where;
    try {
      if (where == Place.CALLER) {
        return onCaller(call, onInterrupt);
      }
      HelperCall<T> started = HelperCall.start(where, ctx, call);
      helper = started;
      return started.await(onInterrupt);
    } finally {
      returned.countDown();
    }
  }

  private <T extends @Nullable Object> T onCaller(SqlCallable<T> call, Runnable onInterrupt)
      throws SQLException {
    var inside = new DriverThread();
    caller = inside;
    try {
      return InterruptWatch.during(call, onInterrupt);
    } finally {
      inside.leave();
    }
  }

  @Override
  public void cancel(int attempt) throws SQLException {}

  /**
   * The patience is over. Core may come with that just after the call has returned; {@link #leave}
   * decides, so that it never breaks the connection of the next borrower.
   */
  @Override
  public final void abandoned() {
    if (decided.compareAndSet(false, true)) {
      broken = true;
      connection.discard();
      try {
        insist();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void insist() throws InterruptedException {
    if (place == null || hasReturned()) {
      return;
    }
    if (place == Place.VIRTUAL_THREAD || connection.driver().mayInterruptWhenBroken()) {
      interruptDriver();
      if (hasReturned()) {
        return;
      }
    }
    HelperCall<?> running = helper;
    if (running != null) {
      running.release();
    }
  }

  private boolean hasReturned() throws InterruptedException {
    return returned.await(STEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Interrupts the thread that is inside the driver, if one is. */
  final void interruptDriver() {
    HelperCall<?> running = helper;
    if (running != null) {
      running.interrupt();
    }
    DriverThread inside = caller;
    if (inside != null) {
      inside.interrupt();
    }
  }

  /** By "the context ended and we acted on it", never by SQLState: drivers disagree. */
  @Override
  public final boolean explains(Throwable failure) {
    return failure instanceof SQLException || (broken && failure instanceof RuntimeException);
  }

  @Override
  public final Duration patience() {
    return patience;
  }

  @Override
  public String resource() {
    return connection.driver().name() + " connection";
  }

  final boolean isBroken() {
    return broken;
  }

  /** After the call, on the caller's thread: from here on nothing of it reaches the connection. */
  void leave() {
    if (!decided.compareAndSet(false, true)) {
      connection.discard();
    }
  }
}
