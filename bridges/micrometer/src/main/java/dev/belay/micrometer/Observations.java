package dev.belay.micrometer;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.Ending;
import dev.belay.Status;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes Micrometer's observations of what runs under a context, for programs that make their meters
 * and spans of observations:
 *
 * <pre>{@code
 * observations.call(ctx, "charge", c -> payments.charge(c, order));
 * }</pre>
 *
 * <p>The observation is {@code belay.work}, with the tags {@code name} and {@code outcome}: {@code
 * done}, {@code failed}, {@code deadline}, {@code cancelled} or {@code closed}. Only a deadline and
 * a failure under an active context are errors. One costs 14 to 26 microseconds with the handlers
 * of meters, where {@link ContextMeters} costs less than one: observe steps, not loops. Names are
 * tags: of a small number.
 *
 * <p>Immutable; any thread may call anything.
 */
public final class Observations {
  private final ObservationRegistry registry;

  private Observations(ObservationRegistry registry) {
    this.registry = registry;
  }

  /** Observations by the handlers of {@code registry}. */
  @CheckReturnValue
  public static Observations of(ObservationRegistry registry) {
    Objects.requireNonNull(registry, "registry is null: use ObservationRegistry.NOOP for none");
    return new Observations(registry);
  }

  /**
   * Runs {@code body} in an observation, under {@code ctx} with that name. Without a handler only
   * the body runs.
   *
   * @throws ContextEndedException without running it, if {@code ctx} has ended
   */
  @SuppressWarnings("try") // a scope is only closed
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, String name, ContextCallable<T, X> body) throws X {
    Context named = ctx.withName(name);
    if (registry.isNoop()) {
      return named.call(body);
    }
    Observation observation =
        Observation.createNotStarted("belay.work", registry)
            .contextualName(name)
            .lowCardinalityKeyValue("name", name)
            .start();
    Throwable failure = null;
    try (Observation.Scope scope = observation.openScope()) {
      return named.call(body);
    } catch (Throwable e) {
      failure = e;
      throw e;
    } finally {
      stop(observation, ctx.ending(), failure);
    }
  }

  private static void stop(
      Observation observation, @Nullable Ending ending, @Nullable Throwable failure) {
    boolean cancelled = ending != null && ending.status() != Status.DEADLINE_EXCEEDED;
    if (failure != null && !cancelled) {
      observation.error(failure);
    }
    observation.lowCardinalityKeyValue("outcome", outcome(ending, failure)).stop();
  }

  private static String outcome(@Nullable Ending ending, @Nullable Throwable failure) {
    if (failure == null) {
      return "done";
    }
    if (ending == null) {
      return "failed";
    }
    return switch (ending.status()) {
      case DEADLINE_EXCEEDED -> "deadline";
      case CLOSED -> "closed";
      default -> "cancelled";
    };
  }
}
