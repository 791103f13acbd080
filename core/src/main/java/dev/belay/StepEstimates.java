package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * How long the steps (R31) below one root take when they succeed, so that one that cannot finish in
 * the time left is refused before it costs anything (R41). A step is known by its name and that of
 * the nearest one above. At most {@value #KEPT} are; what comes later is not learned.
 */
final class StepEstimates {
  /** Whether steps are refused; what is learned costs next to nothing and is learned always. */
  private static final boolean REFUSING =
      !"off".equals(System.getProperty("dev.belay.stepEstimates"));

  private static final int KEPT = 1_000;

  private record Key(String above, String name) {
    static Key of(NamedContext label) {
      AbstractContext parent = label.parent();
      return new Key(parent == null ? "" : parent.frame().label.name, label.name);
    }
  }

  private final ConcurrentMap<Key, StepEstimate> known = new ConcurrentHashMap<>();

  /** The estimate for the step that {@code label} names; null if there are too many. */
  @Nullable StepEstimate of(NamedContext label) {
    Key key = Key.of(label);
    StepEstimate estimate = known.get(key);
    return estimate == null && known.size() < KEPT
        ? known.computeIfAbsent(key, unused -> new StepEstimate())
        : estimate;
  }

  /**
   * Refuses the step of {@code label} if it cannot finish before {@code limiter}.
   *
   * @throws DeadlineExceededException with both times, although the context is still active
   */
  void require(NamedContext label, AbstractContext ctx, DeadlineContext limiter, long now) {
    StepEstimate estimate = REFUSING ? known.get(Key.of(label)) : null;
    long left = limiter.deadlineNanos() - now;
    if (estimate == null || left <= 0) {
      return; // the context has ended, and that is what is reported
    }
    long takes = estimate.tooLong(left);
    if (takes > 0) {
      throw refused(label, ctx, takes, left);
    }
  }

  /**
   * How long the step of {@code label} takes at least, in nanoseconds; 0 if that is not known, or
   * steps are not refused.
   */
  long shortest(NamedContext label) {
    StepEstimate estimate = REFUSING ? known.get(Key.of(label)) : null;
    return estimate == null ? 0 : estimate.believed();
  }

  private static DeadlineExceededException refused(
      NamedContext label, AbstractContext ctx, long takes, long left) {
    String name = Names.shown(label.name); // which may come from a client
    String reason =
        "%s takes %s, %s are left"
            .formatted(
                name, Names.time(Duration.ofNanos(takes)), Names.time(Duration.ofNanos(left)));
    ContextEvents.report(new ContextEvent.Refused(ctx.view(), name, reason));
    return new DeadlineExceededException(
        new Ending(
            Status.DEADLINE_EXCEEDED, BuiltInCause.DEADLINE, reason, ctx.time().instant(), ctx),
        null);
  }
}
