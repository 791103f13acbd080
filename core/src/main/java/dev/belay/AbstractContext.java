package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.kernel.Require;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.TimeSource;
import dev.belay.time.Nanos;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What all contexts share. A context is two things: a {@link #frame()} (names, values, environment)
 * and a {@link #scope()} (what can end it). {@link PlainContext} is a frame, {@link CancelContext}
 * a scope; each points to the nearest of the other kind above it.
 */
abstract sealed class AbstractContext implements Context permits PlainContext, CancelContext {

  /** The nearest frame, this one included. */
  abstract PlainContext frame();

  /** The nearest context that can end, this one included; null if there is none. */
  abstract @Nullable CancelContext scope();

  /** The context this one was derived from; null at the top. */
  abstract @Nullable AbstractContext parent();

  final TimeSource time() {
    return frame().environment().time();
  }

  // ---- state

  private @Nullable End detected() {
    CancelContext scope = scope();
    return scope == null ? null : scope.detect();
  }

  @Override
  public final boolean isDone() {
    return detected() != null;
  }

  @Override
  public final Status status() {
    End end = detected();
    return end == null ? Status.ACTIVE : end.status;
  }

  @Override
  public final @Nullable Throwable cause() {
    End end = detected();
    return end == null ? null : end.cause;
  }

  @Override
  public final @Nullable Ending ending() {
    CancelContext scope = scope();
    return scope == null ? null : scope.story();
  }

  @Override
  public final void throwIfDone() {
    if (isDone()) {
      throw endedWith(null);
    }
  }

  @Override
  public final void throwIfDone(Throwable failure) {
    Require.argument(failure, "failure", "use throwIfDone() for none");
    CancelContext scope = scope();
    if (scope != null && scope.detectExactly() != null) {
      throw endedWith(failure);
    }
  }

  final ContextEndedException endedWith(@Nullable Throwable failure) {
    CancelContext scope = scope();
    End end = scope == null ? null : scope.detect();
    if (end == null || scope == null) {
      throw new IllegalStateException("still active: " + this);
    }
    return (end == End.LEAF_CLOSED ? End.closed(scope) : end).exception(failure);
  }

  private @Nullable DeadlineContext limiter() {
    CancelContext scope = scope();
    return scope == null ? null : scope.limiter();
  }

  @Override
  public final @Nullable Instant deadline() {
    DeadlineContext limiter = limiter();
    return limiter == null ? null : limiter.deadlineInstant();
  }

  @Override
  public final long remainingNanos() {
    DeadlineContext limiter = limiter();
    if (limiter != null) {
      limiter.becomesExact();
    }
    return left();
  }

  private long left() {
    if (isDone()) {
      return 0;
    }
    DeadlineContext limiter = limiter();
    return limiter == null ? Long.MAX_VALUE : Math.max(0, limiter.leftNanos());
  }

  @Override
  public final int socketTimeoutMillis() {
    throwIfDone();
    long nanos = remainingNanos();
    return nanos == Long.MAX_VALUE
        ? 0
        : Math.clamp(Math.ceilDiv(nanos, 1_000_000), 1, Integer.MAX_VALUE);
  }

  @Override
  public final boolean hasTimeFor(Duration work) {
    Require.argument(work, "work", "pass how long the work takes");
    return !isDone() && left() >= Nanos.of(work);
  }

  // ---- values

  @Override
  public final <T> @Nullable T get(ContextKey<T> key) {
    Require.argument(key, "key", "pass the key's constant");
    PlainContext frame = frame();
    Object value = Values.get(frame.present, frame.pairs, key);
    @SuppressWarnings("unchecked") // withValue has checked the type against the key
    T typed = (T) value;
    return typed;
  }

  @Override
  public final <T> T require(ContextKey<T> key) {
    T value = get(key);
    if (value == null) {
      throw new IllegalStateException(
          "no value of %s in %s: set it with withValue at the edge, or use get where it may be missing"
              .formatted(key, this));
    }
    return value;
  }

  // ---- derive

  @Override
  public final CancellableContext withCancel() {
    return CancelContext.below(this);
  }

  @Override
  public final CancellableContext withTimeout(Duration timeout) {
    Require.argument(timeout, "timeout", "use withCancel() for no limit");
    return DeadlineContext.below(this, timeout, null, null);
  }

  @Override
  public final CancellableContext withTimeout(
      Duration timeout, Supplier<? extends Throwable> cause) {
    Require.argument(timeout, "timeout", "use withCancel() for no limit");
    Require.argument(cause, "cause", "leave the parameter out for the built-in cause");
    return DeadlineContext.below(this, timeout, null, cause);
  }

  @Override
  public final CancellableContext withDeadline(Instant deadline) {
    return DeadlineContext.below(this, until(deadline), deadline, null);
  }

  @Override
  public final CancellableContext withDeadline(
      Instant deadline, Supplier<? extends Throwable> cause) {
    Require.argument(cause, "cause", "leave the parameter out for the built-in cause");
    return DeadlineContext.below(this, until(deadline), deadline, cause);
  }

  private Duration until(Instant deadline) {
    Require.argument(deadline, "deadline", "use withCancel() for no limit");
    return Duration.between(time().instant(), deadline);
  }

  @Override
  public final <T> Context withValue(ContextKey<T> key, T value) {
    Require.argument(key, "key", "pass the key's constant");
    if (value == null) { // The text would be built at each call.
      Require.argument(value, "value of " + Names.shown(key.name()), "leave it out instead");
    }
    if (!key.type().isInstance(value)) {
      throw new ClassCastException(
          "value of " + key + " must not be a " + value.getClass().getName());
    }
    return PlainContext.withValue(this, key, value);
  }

  @Override
  public final Context withName(String name) {
    Require.argument(name, "name", "leave the call out for no name");
    return NamedContext.below(this, name);
  }

  @Override
  public final Context withoutCancel() {
    return PlainContext.view(this, null);
  }

  @Override
  public final CancellableContext detach(String name, Duration limit) {
    Require.argument(name, "name", "detached work has a name, for the report");
    Require.argument(limit, "limit", "detached work has a limit");
    return DeadlineContext.below(NamedContext.detached(this, name), limit, null, null);
  }

  @Override
  public final CancellableContext withCancelFrom(Context other) {
    return MergedContext.of(this, (AbstractContext) Require.context(other));
  }

  /** This context without the right to cancel it (R1): the same object at each call. */
  Context view() {
    return this;
  }

  // ---- react and wait

  @Override
  public final Registration onDone(Runnable action) {
    Require.argument(action, "action", "pass what to run");
    return Reaction.register(this, action, null);
  }

  @Override
  public final Registration onDone(Runnable action, Executor executor) {
    Require.argument(action, "action", "pass what to run");
    Require.argument(executor, "executor", "leave it out for a virtual thread");
    return Reaction.register(this, action, executor);
  }

  @Override
  public final void awaitDone() throws InterruptedException {
    Waiter.await(this, Long.MAX_VALUE);
  }

  @Override
  public final boolean awaitDone(Duration timeout) throws InterruptedException {
    Require.argument(timeout, "timeout", "leave it out for no limit");
    return Waiter.await(this, Nanos.after(time().nanoTime(), Nanos.of(timeout)));
  }

  @Override
  public final void sleep(Duration duration) throws InterruptedException {
    Require.argument(duration, "duration", "use awaitDone() to wait for the end");
    if (Waiter.await(this, Nanos.after(time().nanoTime(), Nanos.of(duration)))) {
      throw endedWith(null);
    }
  }

  @Override
  public final <T extends @Nullable Object> T await(Future<T> future)
      throws ExecutionException, InterruptedException {
    Require.argument(future, "future", "pass what to wait for");
    try {
      return callInterruptibly(ctx -> future.get());
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("Future.get threw what it does not declare", e);
    }
  }

  // ---- run

  @Override
  public final <T extends @Nullable Object, X extends Exception> T call(ContextCallable<T, X> body)
      throws X {
    Require.argument(body, "body", "pass what to run");
    throwIfDone();
    return Binding.call(this, body);
  }

  @Override
  public final <T extends @Nullable Object, X extends Exception> T callInterruptibly(
      ContextCallable<T, X> body) throws X {
    return call(new Interruption(Thread.currentThread()), body);
  }

  @Override
  public final <T extends @Nullable Object, X extends Exception> T call(
      Canceller canceller, ContextCallable<T, X> body) throws X {
    Require.argument(canceller, "canceller", "use call(body) for none");
    Require.argument(body, "body", "pass what to run");
    throwIfDone();
    return GuardedCall.call(this, canceller, body);
  }

  @Override
  public final <T extends @Nullable Object, X extends Exception> T callShielded(
      Duration limit, ContextCallable<T, X> body) throws X {
    Require.argument(limit, "limit", "shielded work has a limit");
    Require.argument(body, "body", "pass what to run");
    AbstractContext apart = NamedContext.shielded(this);
    try (CancelContext shielded = DeadlineContext.below(apart, limit, null, null)) {
      return GuardedCall.shielded(shielded, body);
    }
  }

  @Override
  public final Runnable wrap(Runnable task) {
    Require.argument(task, "task", "pass what to run");
    return ContextCarriers.carry(
        () -> {
          Context before = Binding.swap(this);
          try {
            task.run();
          } finally {
            Binding.swap(before);
          }
        });
  }

  @Override
  public final <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
    Require.argument(task, "task", "pass what to run");
    return ContextCarriers.carry(
        () -> {
          Context before = Binding.swap(this);
          try {
            return task.call();
          } finally {
            Binding.swap(before);
          }
        });
  }

  // ---- text

  /** The names from the root down, without state. */
  final String path() {
    return Path.of(this, false);
  }

  /** The name that messages give the owner of this context: the nearest one, quoted. */
  final String owner() {
    return Names.quoted(frame().label.name);
  }

  @Override
  public final String toString() {
    return Path.of(this, true);
  }
}
