package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.Registration;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import dev.belay.spi.TimeSource.Timer;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Takes a connection back that is still lent a patience after the end of its context, and that
 * neither a call nor a shield uses. Some code skips the close when a statement of its clean-up is
 * refused; each connection it left would be missing in the pool.
 */
final class Overdue implements AutoCloseable {
  private final ContextConnection connection;
  private final Context ctx;
  private final Duration patience;
  private volatile @Nullable Registration end;
  private volatile @Nullable Timer timer;
  private volatile boolean returned;

  Overdue(ContextConnection connection, Context ctx, Duration patience) {
    this.connection = connection;
    this.ctx = ctx;
    this.patience = patience;
  }

  /** Begins to watch for the end of the context. */
  void watch() {
    end = ctx.onDone(this::lookLater, Runnable::run);
  }

  private void lookLater() {
    TimeSource time = TimeSource.system();
    Timer set = time.schedule(time.nanoTime() + patience.toNanos(), this::look);
    timer = set;
    if (returned) { // meanwhile; close() may have found no timer
      set.cancel();
    }
  }

  private void look() {
    if (returned) {
      return;
    }
    if (connection.calls().isUsed()) {
      lookLater();
      return;
    }
    try {
      if (connection.takeBack()) {
        String resource = connection.driver().name() + " connection that was not closed";
        ContextEvents.report(new ContextEvent.Abandoned(ctx, resource, patience, false));
      }
    } catch (SQLException e) {
      ContextEvents.report(new ContextEvent.Uncaught(ctx, "reaction", e));
    }
  }

  /** The connection is returned. */
  @Override
  public void close() {
    returned = true;
    Registration watched = end;
    if (watched != null) {
      watched.close();
    }
    Timer set = timer;
    if (set != null) {
      set.cancel();
    }
  }
}
