package dev.belay.jdbc;

import dev.belay.Context;
import dev.belay.Registration;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.TimeSource;
import dev.belay.spi.TimeSource.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Interrupts a data source that has not answered a patience after the end of the context: nothing
 * waits for it any more. Made and closed by the thread that asks it.
 */
final class LastResort implements AutoCloseable {
  private final DriverThread inside = new DriverThread();
  private final Context ctx;
  private final Duration patience;
  private final Registration end;
  private volatile @Nullable Timer timer;
  private volatile boolean answered;

  LastResort(Context ctx, Duration patience) {
    this.ctx = ctx;
    this.patience = patience;
    this.end = ctx.onDone(this::later, Runnable::run);
  }

  private void later() {
    TimeSource time = TimeSource.system();
    Timer set = time.schedule(time.nanoTime() + patience.toNanos(), this::now);
    timer = set;
    if (answered) { // meanwhile; close() may have found no timer
      set.cancel();
    }
  }

  private void now() {
    inside.interrupt();
    if (!answered) {
      ContextEvents.report(new ContextEvent.Abandoned(ctx, "data source", patience, true));
    }
  }

  /** The source has answered. */
  @Override
  public void close() {
    answered = true;
    end.close();
    Timer set = timer;
    if (set != null) {
      set.cancel();
    }
    inside.leave();
  }
}
