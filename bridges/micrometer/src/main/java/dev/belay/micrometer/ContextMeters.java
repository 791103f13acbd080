package dev.belay.micrometer;

import dev.belay.Context;
import dev.belay.Ending;
import dev.belay.Status;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import dev.belay.spi.Loggable;
import dev.belay.spi.TreeInspector;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what {@link ContextEvents} reports:
 *
 * <ul>
 *   <li>{@code belay.ended}: how many contexts ended, by {@code status} and {@code cause}, the
 *       class of what ended them; {@code none} where nothing else than the status is known;
 *   <li>{@code belay.contexts.live}: how many contexts below a {@code root} have not ended;
 *   <li>{@code belay.limit.used}: how many percent of the time limit were used, 100 where it
 *       passed;
 *   <li>{@code belay.cancel}: how long cancels took, by {@code resource} and {@code outcome},
 *       {@code sent} or {@code failed};
 *   <li>{@code belay.abandoned} and {@code belay.refused}: resources that were given up, and waits
 *       that were refused, by {@code resource};
 *   <li>{@code belay.zombies}, {@code belay.forgotten}: code that still runs after the end of its
 *       context, contexts that were dropped without a close;
 *   <li>{@code belay.uncaught}: failures that no caller could catch, by {@code origin}.
 * </ul>
 *
 * <p>A meter has a hundred values of its tags at most, beyond which they are {@code other}: the
 * name of a step that was refused may come from a client. One object serves one registry; any
 * thread may call anything.
 */
public final class ContextMeters implements MeterBinder, AutoCloseable {
  private static final int MOST_VALUES = 100;
  private static final String NONE = "none";

  @SuppressWarnings("StaticAssignmentOfThrowable") // compared with, never thrown
  private static final Throwable NO_REASON = noReason();

  private static final Pattern ONE_OF_A_KIND = Pattern.compile("\\s*[\"\\d].*", Pattern.DOTALL);

  /** What a meter is found by; {@code second} is empty for a meter with one tag. */
  private record Tags(String name, String first, String second) {}

  private final Map<Tags, Object> meters = new ConcurrentHashMap<>();
  private final ContextListener listener = this::on;
  private final List<Context> roots;
  private volatile @Nullable MeterRegistry registry;
  private volatile @Nullable DistributionSummary limitUsed;

  /**
   * Meters of nothing yet: {@link #bindTo} begins.
   *
   * @param roots whose live contexts are counted, under the root's path: each time the meter is
   *     read, by a walk over all of them
   */
  public ContextMeters(Context... roots) {
    this.roots = List.of(roots);
  }

  /** What a context is cancelled with that is cancelled without a reason: one for all (R5). */
  private static Throwable noReason() {
    var ctx = Context.background().withCancel();
    ctx.cancel();
    return Objects.requireNonNull(ctx.cause());
  }

  /**
   * Begins to count into {@code registry}.
   *
   * @throws IllegalStateException if it counts into a registry already
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    synchronized (this) {
      if (this.registry != null) {
        throw new IllegalStateException("bound to a registry: make one for each");
      }
      this.registry = registry;
    }
    limitUsed =
        DistributionSummary.builder("belay.limit.used")
            .description("How much of its time limit a context had used when it ended")
            .baseUnit("percent") // Micrometer's buckets count whole numbers
            .serviceLevelObjectives(10, 50, 90, 99)
            .register(registry);
    counter(registry, "belay.zombies"); // there before the first, to be seen at zero
    counter(registry, "belay.forgotten");
    roots.forEach(root -> watch(root, registry));
    ContextEvents.install(listener);
  }

  private static void watch(Context root, MeterRegistry registry) {
    Gauge.builder("belay.contexts.live", root, each -> TreeInspector.live(each).size())
        .description("Contexts that have not ended")
        .tag("root", Loggable.path(root))
        .register(registry);
  }

  /** Counts no more. The meters stay in the registry. */
  @Override
  public void close() {
    ContextEvents.remove(listener);
  }

  private void on(ContextEvent event) {
    MeterRegistry into = registry;
    DistributionSummary used = limitUsed;
    if (into == null || used == null) {
      return;
    }
    switch (event) {
      case ContextEvent.Ended e -> ended(into, used, e);
      case ContextEvent.CancelSent e -> {
        String outcome = e.failure() == null ? "sent" : "failed";
        timer(into, kind(e.resource()), outcome).record(e.took());
      }
      case ContextEvent.Abandoned e ->
          count(into, "belay.abandoned", "resource", kind(e.resource()));
      case ContextEvent.Refused e -> count(into, "belay.refused", "resource", kind(e.resource()));
      case ContextEvent.Zombie e -> counter(into, "belay.zombies").increment();
      case ContextEvent.ForgottenClose e -> counter(into, "belay.forgotten").increment();
      case ContextEvent.Uncaught e -> count(into, "belay.uncaught", "origin", e.origin());
      default -> {} // a kind of a later version
    }
  }

  private void ended(MeterRegistry into, DistributionSummary used, ContextEvent.Ended event) {
    Ending ending = event.ending();
    String status = ending.status().name().toLowerCase(Locale.ROOT);
    Tags tags = new Tags("belay.ended", status, cause(ending));
    meter(
            tags,
            t ->
                Counter.builder(t.name())
                    .description("Contexts that ended")
                    .tag("status", t.first())
                    .tag("cause", t.second())
                    .register(into),
            Counter.class)
        .increment();
    double share = event.shareOfLimit();
    if (!Double.isNaN(share)) {
      used.record(100 * Math.min(1, share));
    }
  }

  /** The class of what a program, or an adapter, has ended a context with. */
  @SuppressWarnings("ReferenceEquality") // the one that stands for none
  private static String cause(Ending ending) {
    Throwable cause = ending.cause();
    String name = cause.getClass().getSimpleName();
    boolean given = ending.status() == Status.CANCELLED && cause != NO_REASON;
    return given && !name.isEmpty() ? name : NONE;
  }

  /** What kind of resource it is, without the number of a process or the name of a thread. */
  private static String kind(String resource) {
    return ONE_OF_A_KIND.matcher(resource).replaceFirst("");
  }

  private Timer timer(MeterRegistry into, String resource, String outcome) {
    return meter(
        new Tags("belay.cancel", resource, outcome),
        t ->
            Timer.builder(t.name())
                .description("Cancels of resources")
                .tag("resource", t.first())
                .tag("outcome", t.second())
                .register(into),
        Timer.class);
  }

  private void count(MeterRegistry into, String name, String tag, String value) {
    meter(
            new Tags(name, value, ""),
            t -> Counter.builder(t.name()).tag(tag, t.first()).register(into),
            Counter.class)
        .increment();
  }

  private Counter counter(MeterRegistry into, String name) {
    return meter(
        new Tags(name, "", ""), t -> Counter.builder(t.name()).register(into), Counter.class);
  }

  /** The meter of these tags, or of the name's {@code other} when there are too many. */
  private <M> M meter(Tags tags, Function<Tags, M> made, Class<M> type) {
    Object known = meters.get(tags);
    if (known == null) {
      Tags bounded = isFull(tags.name) ? new Tags(tags.name, "other", "other") : tags;
      known = meters.computeIfAbsent(bounded, made);
    }
    return type.cast(known);
  }

  private boolean isFull(String name) {
    return meters.keySet().stream().filter(each -> each.name.equals(name)).count() >= MOST_VALUES;
  }
}
