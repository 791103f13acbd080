package dev.belay.resilience4j;

import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CircuitBreaker} under a context. It opens for what the backend does, never for what its
 * callers do: a call whose context was cancelled, or whose deadline has passed, counts neither as a
 * failure nor as a success, and gives its permission back. A limit that the body sets for itself is
 * the backend's: when that has passed under a context that is still active, it is a failure like
 * others. So give each attempt a limit shorter than its caller's, or a backend that never answers
 * is never found out.
 *
 * <p>Nothing depends on the breaker's configuration, which decides all else: which exceptions and
 * results are failures, what is slow, when it opens.
 *
 * <p>Immutable, for any number of threads and calls.
 */
public final class ContextCircuitBreaker {
  private final CircuitBreaker breaker;

  private ContextCircuitBreaker(CircuitBreaker breaker) {
    this.breaker = breaker;
  }

  /**
   * Puts {@code breaker} under contexts. It stays its owner's, who may also use it without.
   *
   * @param breaker such as one of a registry
   */
  public static ContextCircuitBreaker of(CircuitBreaker breaker) {
    return new ContextCircuitBreaker(
        Objects.requireNonNull(breaker, "breaker is null: pass CircuitBreaker.ofDefaults(name)"));
  }

  /** The breaker, which has the state, the metrics and the events. */
  public CircuitBreaker policy() {
    return breaker;
  }

  /**
   * Runs {@code body} under a child of {@code ctx} with the breaker's name, if the breaker permits
   * it, and reports it to the breaker once it has returned or thrown: exactly once, whatever it
   * throws. Neither success nor failure is a body that
   *
   * <ul>
   *   <li>throws, whatever it be, when {@code ctx} has ended or its deadline has passed;
   *   <li>throws that it was interrupted, or that a context was cancelled;
   *   <li>throws that a step was not begun because it could not finish in the time left (R41).
   * </ul>
   *
   * <p>A permission of the half-open state is given back to that very state: one that was given
   * while the breaker was closed does not turn into a probe.
   *
   * @throws CallNotPermittedException at once if the breaker is open, or half-open with enough
   *     probes under way
   * @throws ContextEndedException if {@code ctx} has ended: {@code body} does not run
   * @throws X what {@code body} throws; what a predicate of the breaker's configuration throws
   *     meanwhile is suppressed in it
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<T, X> body) throws X {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() where you do not know yet");
    Objects.requireNonNull(body, "body is null: pass what to call");
    ctx.throwIfDone();
    Permission permission = Permission.acquire(breaker);
    T result;
    try {
      result = ctx.withName(breaker.getName()).call(body);
    } catch (Throwable failure) {
      permission.failed(ctx, failure);
      throw failure;
    }
    permission.succeeded(result);
    return result;
  }

  @Override
  public String toString() {
    return "ContextCircuitBreaker " + breaker.getName() + ", " + breaker.getState();
  }
}
