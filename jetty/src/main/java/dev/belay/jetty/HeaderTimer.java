package dev.belay.jetty;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Closes a connection whose client takes too long over a request's header. */
final class HeaderTimer {
  private final EndPoint endPoint;
  private final Scheduler scheduler;
  private final Duration timeout;
  private Scheduler.@Nullable Task task;

  HeaderTimer(EndPoint endPoint, Scheduler scheduler, Duration timeout) {
    this.endPoint = endPoint;
    this.scheduler = scheduler;
    this.timeout = timeout;
  }

  /** Bytes of a header have arrived; the first ones start the time. */
  synchronized void bytesArrived() {
    if (task == null) {
      task = scheduler.schedule(this::expire, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** The header is complete, or the connection is over. */
  synchronized void stop() {
    if (task != null) {
      task.cancel();
      task = null;
    }
  }

  private void expire() {
    synchronized (this) {
      if (task == null) {
        return;
      }
    }
    endPoint.close(new TimeoutException("header not complete after " + timeout));
  }
}
