package dev.belay.spi;

import dev.belay.kernel.Names;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Logs problems with {@link System.Logger}, one logger for each kind, so that each can be switched
 * off. A kind that floods is limited to a few lines a second; the next line says how many were left
 * out.
 */
final class EventLog implements ContextListener {
  static final EventLog INSTANCE = new EventLog();

  private static final int LINES_PER_SECOND = 10;

  private final Map<String, Limit> limits = new ConcurrentHashMap<>();

  private EventLog() {}

  @Override
  public void on(ContextEvent event) {
    switch (event) {
      case ContextEvent.Ended e -> {}
      case ContextEvent.CancelSent e -> cancelSent(e);
      case ContextEvent.Abandoned e ->
          log(
              "dev.belay.cancel",
              Level.WARNING,
              "abandoned %s after %s: %s; %s"
                  .formatted(
                      e.resource(),
                      Names.time(e.patience()),
                      e.context(),
                      e.mayStillRun()
                          ? "its other side may still be running what was cancelled"
                          : "its other side has stopped"),
              null);
      case ContextEvent.Zombie e ->
          log(
              "dev.belay.zombie",
              Level.WARNING,
              "%s still runs %s after the end of its context, and its owner waits for it: %s. Pass its context to what it waits for, or stop that by a Canceller."
                  .formatted(e.name(), Names.time(e.grace()), e.context()),
              e.at());
      case ContextEvent.ForgottenClose e ->
          log(
              "dev.belay.leak",
              Level.WARNING,
              "a context was dropped without close(), made at %s; one of a sample, logged once for each place. Use try-with-resources."
                  .formatted(e.place()),
              e.site());
      case ContextEvent.Uncaught e -> uncaught(e);
      case ContextEvent.Refused e ->
          log(
              "dev.belay.overload",
              Level.INFO,
              "refused %s: %s: %s".formatted(Names.shown(e.resource()), e.reason(), e.context()),
              null);
    }
  }

  private void cancelSent(ContextEvent.CancelSent event) {
    // The first failure, and then ever fewer: a canceller is called again until it has worked.
    if (event.failure() != null && Integer.bitCount(event.attempt() + 1) == 1) {
      log(
          "dev.belay.cancel",
          Level.WARNING,
          "attempt %d to cancel %s failed; it is repeated: %s"
              .formatted(event.attempt() + 1, event.resource(), event.context()),
          event.failure());
    }
  }

  private void uncaught(ContextEvent.Uncaught event) {
    // A reaction's failure goes to the uncaught exception handler, which prints it.
    if (!event.origin().equals("reaction")) {
      log(
          "dev.belay",
          Level.WARNING,
          "uncaught failure of a %s%s"
              .formatted(event.origin(), event.context() == null ? "" : ": " + event.context()),
          event.failure());
    }
  }

  private void log(String logger, Level level, String text, @Nullable Throwable thrown) {
    int dropped = limits.computeIfAbsent(logger, ignored -> new Limit()).pass();
    if (dropped >= 0) {
      String more = dropped == 0 ? "" : " (%d more lines were left out)".formatted(dropped);
      System.getLogger(logger).log(level, text + more, thrown);
    }
  }

  /** At most so many lines in one second of the monotonic clock. */
  private static final class Limit {
    private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
    private final AtomicInteger lines = new AtomicInteger();
    private final AtomicInteger dropped = new AtomicInteger();

    /** How many lines were left out before this one; -1 if this one is. */
    int pass() {
      long now = System.nanoTime() / 1_000_000_000;
      long last = second.get();
      if (last != now && second.compareAndSet(last, now)) {
        lines.set(0);
      }
      if (lines.incrementAndGet() > LINES_PER_SECOND) {
        dropped.incrementAndGet();
        return -1;
      }
      return dropped.getAndSet(0);
    }
  }
}
