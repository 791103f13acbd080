package dev.belay.testkit;

import dev.belay.Context;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import dev.belay.spi.TreeInspector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Records what happens below one context: ends, cancels that were sent, resources that were
 * abandoned, zombies, failures, refused waits. What happens elsewhere in the process, as in tests
 * that run in parallel, is not recorded; nor are events that have no context.
 *
 * <pre>{@code
 * try (var heard = RecordingListener.below(ctx)) {
 *   …
 *   assertThat(heard.events(ContextEvent.Zombie.class)).isEmpty();
 * }
 * }</pre>
 *
 * <p>The test that makes it closes it, which uninstalls it; what it has recorded stays. Any thread
 * may call any method.
 */
public final class RecordingListener implements ContextListener, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Context root;
  private final Duration patience;

  /** Guarded by its monitor, which is notified of each. */
  private final List<ContextEvent> events = new ArrayList<>();

  private RecordingListener(Context root, Duration patience) {
    this.root = root;
    this.patience = patience;
  }

  /**
   * Installs one that records from now on.
   *
   * @param root events of this context and of those derived from it are recorded
   */
  public static RecordingListener below(Context root) {
    return below(root, PATIENCE);
  }

  static RecordingListener below(Context root, Duration patience) {
    if (root == null) {
      throw new NullPointerException("root is null: pass the context whose events count");
    }
    var listener = new RecordingListener(root, patience);
    ContextEvents.install(listener);
    return listener;
  }

  @Override
  public void on(ContextEvent event) {
    Context ctx = contextOf(event);
    if (ctx != null && TreeInspector.isBelow(ctx, root)) {
      synchronized (events) {
        events.add(event);
        events.notifyAll();
      }
    }
  }

  private static @Nullable Context contextOf(ContextEvent event) {
    return switch (event) {
      case ContextEvent.Ended e -> e.context();
      case ContextEvent.CancelSent e -> e.context();
      case ContextEvent.Abandoned e -> e.context();
      case ContextEvent.Zombie e -> e.context();
      case ContextEvent.ForgottenClose e -> null;
      case ContextEvent.Uncaught e -> e.context();
      case ContextEvent.Refused e -> e.context();
    };
  }

  /** What was recorded so far, in that order. */
  public List<ContextEvent> events() {
    synchronized (events) {
      return List.copyOf(events);
    }
  }

  /** The events of one kind that were recorded so far, in that order. */
  public <E extends ContextEvent> List<E> events(Class<E> kind) {
    return events().stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /**
   * Waits for the first event of one kind, which another thread may be about to report.
   *
   * @throws AssertionError if there is none within a minute; it says what was recorded instead
   */
  public <E extends ContextEvent> E await(Class<E> kind) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    synchronized (events) {
      for (List<E> found = events(kind); ; found = events(kind)) {
        if (!found.isEmpty()) {
          return found.getFirst();
        }
        long left = end - System.nanoTime();
        if (left <= 0) {
          throw new AssertionError(
              "no %s within %s, but %s".formatted(kind.getSimpleName(), patience, events));
        }
        TimeUnit.NANOSECONDS.timedWait(events, left);
      }
    }
  }

  /** Uninstalls it. */
  @Override
  public void close() {
    ContextEvents.remove(this);
  }

  @Override
  public String toString() {
    return "events below " + root;
  }
}
