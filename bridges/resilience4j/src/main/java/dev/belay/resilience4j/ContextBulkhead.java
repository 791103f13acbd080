package dev.belay.resilience4j;

import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.ContextEndedException;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.Permits;
import dev.belay.spi.Permits.Permit;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Bulkhead} under a context: the wait for a place ends with the context, and leaves
 * nothing queued. Those who wait are served in the order of {@link Permits} (R41): begun work
 * first, newest first once the queue stands. How many run and how long one waits at most are the
 * bulkhead's configuration, also when it changes.
 *
 * <p>Make one for a bulkhead and share it: calls that come by another one, or by Resilience4j's own
 * decorators, take places too, but wait in a queue of their own.
 *
 * <p>For any number of threads and calls.
 */
public final class ContextBulkhead {
  private final Bulkhead bulkhead;
  private final Permits places;

  private ContextBulkhead(Bulkhead bulkhead) {
    this.bulkhead = bulkhead;
    this.places = new Permits(() -> bulkhead.getBulkheadConfig().getMaxConcurrentCalls());
  }

  /**
   * Puts {@code bulkhead} under contexts. It stays its owner's.
   *
   * @param bulkhead one with a semaphore; a {@code ThreadPoolBulkhead} runs calls on threads of its
   *     own, without their context
   */
  public static ContextBulkhead of(Bulkhead bulkhead) {
    return new ContextBulkhead(
        Objects.requireNonNull(bulkhead, "bulkhead is null: pass Bulkhead.ofDefaults(name)"));
  }

  /**
   * The bulkhead, which has the metrics and the events. It publishes no rejection for a call that
   * has waited in vain: that is a {@link ContextEvent.Refused}.
   */
  public Bulkhead policy() {
    return bulkhead;
  }

  /**
   * Runs {@code body} under a child of {@code ctx} with the bulkhead's name, when there is a place.
   *
   * @throws BulkheadFullException if there is none within the bulkhead's {@code maxWaitDuration}
   * @throws ContextEndedException if {@code ctx} ends first: {@code body} does not run
   * @throws InterruptedException if the thread is interrupted while it waits
   * @throws X what {@code body} throws
   */
  public <T extends @Nullable Object, X extends Exception> T call(
      Context ctx, ContextCallable<T, X> body) throws X, InterruptedException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() where you do not know yet");
    Objects.requireNonNull(body, "body is null: pass what to call");
    Context named = ctx.withName(bulkhead.getName());
    try (Permit place = place(named)) {
      enter(named);
      try {
        return named.call(body);
      } finally {
        bulkhead.onComplete();
      }
    }
  }

  /** Null if there is none and nothing is waited for: then the bulkhead itself rejects the call. */
  private @Nullable Permit place(Context ctx) throws InterruptedException {
    Duration longest = bulkhead.getBulkheadConfig().getMaxWaitDuration();
    Permit place = places.acquire(ctx, longest);
    if (place == null && !longest.isZero()) {
      ContextEvents.report(
          new ContextEvent.Refused(
              ctx, "a place in bulkhead " + bulkhead.getName(), "none within " + longest));
      throw BulkheadFullException.createBulkheadFullException(bulkhead);
    }
    return place;
  }

  /** Waits only where others than the calls of this object hold places. */
  private void enter(Context ctx) throws InterruptedException {
    boolean entered = ctx.callInterruptibly(c -> bulkhead.tryAcquirePermission());
    if (!entered) {
      ctx.throwIfDone();
      if (Thread.interrupted()) {
        throw new InterruptedException("while waiting for a place in " + bulkhead.getName());
      }
      throw BulkheadFullException.createBulkheadFullException(bulkhead);
    }
  }

  /** For messages: how many places there are, are in use by this object, and are waited for. */
  @Override
  public String toString() {
    return "ContextBulkhead " + bulkhead.getName() + ", " + places;
  }
}
