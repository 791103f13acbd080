package dev.belay.jdbc;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which a call of the driver that may wait for the server is made. Each ends in bounded
 * time: {@link BoundedCall}.
 */
final class DriverCalls {
  /** How long a rollback or a close may take at most before the connection is discarded. */
  private static final Duration CLEAN_UP_LIMIT = Duration.ofSeconds(5);

  private final ContextConnection connection;
  private final Context ctx;
  private final Driver driver;
  private final Duration patience;
  private final AtomicReference<@Nullable Running> running = new AtomicReference<>();
  private final AtomicInteger underWay = new AtomicInteger();

  /** What the last call obeyed: the connection's context, or that of a shield. */
  private volatile Context obeyed;

  /** The call that is in flight: one at a time, as JDBC has it; {@code left} opens after it. */
  private record Running(Thread thread, CancellableContext own, CountDownLatch left) {}

  DriverCalls(ContextConnection connection, Context ctx, Driver driver, Duration patience) {
    this.connection = connection;
    this.ctx = ctx;
    this.obeyed = ctx;
    this.driver = driver;
    this.patience = patience;
  }

  /**
   * Makes a call that the end of the context, or an interrupt, cancels inside the server. When it
   * returns no cancel is under way that could hit the connection's next statement, or the
   * connection has been discarded.
   *
   * @param statement null for work that has none in sight
   */
  <T extends @Nullable Object> T inFlight(
      Place place,
      @Nullable Statement statement,
      String phase,
      @Nullable String sql,
      SqlCallable<T> call)
      throws SQLException {
    if (Thread.currentThread().isInterrupted()) {
      connection.session().cutShort();
      throw Failures.interrupted(phase, sql, null);
    }
    connection.transaction().requireNotDoomed(phase, sql);
    var canceller = new StatementCanceller(connection, statement, sql, patience);
    var left = new CountDownLatch(1);
    try (CancellableContext own = entered().withCancel()) {
      running.set(new Running(Thread.currentThread(), own, left));
      driver.waitUnder(own);
      return own.call(
          canceller,
          c -> {
            connection.transaction().begin();
            return canceller.run(place, c, call, () -> canceller.interrupted(own));
          });
    } catch (ContextEndedException e) {
      connection.session().cutShort();
      if (canceller.wasSent()) {
        connection.transaction().doom();
      }
      throw canceller.wasInterrupted(e)
          ? Failures.interrupted(phase, sql, e.getCause())
          : Failures.ended(e, phase, sql);
    } catch (SQLException e) {
      if (driver.hasEndedWait()) {
        connection.session().cutShort();
        throw endedWait(e, phase, sql);
      }
      connection.transaction().failed(e);
      throw e;
    } finally {
      running.set(null);
      try {
        driver.waitUnder(null);
      } finally {
        canceller.leave();
        left.countDown();
        underWay.decrementAndGet();
      }
    }
  }

  /**
   * Makes a call that is never cancelled, a commit: after the end of the context it has the
   * patience, then the connection is broken. Only a wait for a lock before it begins ends with the
   * context.
   */
  <T extends @Nullable Object> T committing(SqlCallable<T> call) throws SQLException {
    var bounded = new BoundedCall(connection, patience);
    try (CancellableContext own = entered().withCancel()) {
      driver.waitUnder(own);
      return own.call(bounded, c -> bounded.run(driver.place(), c, call, () -> {}));
    } catch (ContextEndedException e) {
      throw Failures.ended(e, "committing", null);
    } catch (SQLException e) {
      throw driver.hasEndedWait() ? endedWait(e, "committing", null) : e;
    } finally {
      try {
        driver.waitUnder(null);
      } finally {
        bounded.leave();
        underWay.decrementAndGet();
      }
    }
  }

  /**
   * Makes a call that cleans up: it works also after the end of the context, within a limit of its
   * own, and past that the connection is discarded. The limit is the background's, in real time, as
   * the patience is.
   */
  <T extends @Nullable Object> T cleanUp(String phase, SqlCallable<T> call) throws SQLException {
    var bounded = new BoundedCall(connection, Duration.ZERO);
    underWay.incrementAndGet();
    try {
      return Context.background()
          .callShielded(
              cleanUpLimit(),
              own -> {
                driver.waitUnder(own);
                return own.call(bounded, c -> bounded.run(driver.place(), c, call, () -> {}));
              });
    } catch (ContextEndedException e) {
      String discarded = phase + "; the connection was discarded";
      Failures.throwIfDone(ctx, discarded, null); // the end that has left it so little time
      throw Failures.ended(e, discarded, null);
    } catch (SQLException e) {
      throw connection.explained(e, phase);
    } finally {
      try {
        driver.waitUnder(null);
      } finally {
        bounded.leave();
        underWay.decrementAndGet();
      }
    }
  }

  /** {@code failure} as the end of what the call obeyed; it came before any cancel was sent. */
  private SQLException endedWait(SQLException failure, String phase, @Nullable String sql) {
    try {
      obeyed.throwIfDone(failure);
      return failure;
    } catch (ContextEndedException e) {
      return Failures.ended(e, phase, sql);
    }
  }

  /** Notes that a call is under way, and what it obeys. */
  private Context entered() {
    underWay.incrementAndGet();
    Context now = connection.ctx();
    obeyed = now;
    return now;
  }

  /** Until the patience after the context's end; a rollback may take long when there is time. */
  private Duration cleanUpLimit() {
    long left = ctx.isDone() ? 0 : ctx.remainingNanos();
    Duration mine = Duration.ofNanos(Math.min(left, CLEAN_UP_LIMIT.toNanos())).plus(patience);
    return mine.compareTo(CLEAN_UP_LIMIT) < 0 ? mine : CLEAN_UP_LIMIT;
  }

  /**
   * Makes a call that JDBC allows beside one that is in flight: a cancel, an abort. The caller does
   * not wait for it beyond the limit of a clean-up.
   */
  <T extends @Nullable Object> @Nullable T beside(String phase, SqlCallable<T> call)
      throws SQLException {
    underWay.incrementAndGet();
    HelperCall<T> helper = HelperCall.start(Place.VIRTUAL_THREAD, ctx, call);
    try (CancellableContext limited = Context.background().withTimeout(cleanUpLimit())) {
      return helper.await(limited, unused -> {});
    } catch (ContextEndedException e) {
      helper.interrupt(); // ends a wait for a socket of its own
      throw Failures.ended(e, phase, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failures.interrupted(phase, null, null);
    } finally {
      underWay.decrementAndGet();
    }
  }

  /** Whether a call is under way, or what the last one obeyed has not ended. */
  boolean isUsed() {
    return underWay.get() > 0 || !obeyed.isDone();
  }

  /**
   * Cancels what another thread has in flight on the connection, which this one is about to close,
   * and waits until it has left the driver: before that a rollback may find no transaction, which
   * begins with the statement, and would leave it open. That call ends within the patience; one
   * that is later still has its connection discarded.
   */
  void cancelOthers() {
    Running other = running.get();
    if (other != null && !other.thread.equals(Thread.currentThread())) {
      other.own.cancel(new SQLException("the connection was closed by another thread", "08003"));
      if (!hasLeft(other, patience.plus(CLEAN_UP_LIMIT))) {
        connection.discard();
      }
    }
  }

  /** Waits also if it is interrupted, and leaves the interrupt to its caller. */
  private static boolean hasLeft(Running other, Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return other.left.await(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
