package dev.belay;

import dev.belay.kernel.Require;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One value that carries a deadline, a cancellation signal and request-scoped values through every
 * layer of a program. The {@linkplain dev.belay package documentation} has the rules that hold for
 * every context.
 *
 * <p>Pass it explicitly, first, named {@code ctx}. Never keep it in a field, never pass null; pass
 * {@link #todo()} where none is at hand yet. Any thread may call any method at any time. A null
 * argument throws {@link NullPointerException} with a message that says what to pass instead.
 *
 * <p>Source: Go's {@code context} package.
 */
public sealed interface Context permits CancellableContext, AbstractContext {

  // ---- roots

  /** The root that never ends and has no values. */
  static Context background() {
    return NamedContext.BACKGROUND;
  }

  /** The same as {@link #background()}; marks a place that has no context yet, for lint to find. */
  static Context todo() {
    return NamedContext.TODO;
  }

  /**
   * A root of a program's life, or of a part of it: a server, a worker pool. Its owner closes it at
   * shutdown. {@link #detach} goes to the nearest root. What lives below it is tracked: it shows in
   * the live tree until it ends or is closed.
   */
  @CheckReturnValue
  static CancellableContext root(String name) {
    return NamedContext.root(name, Environment.SYSTEM.time(), false);
  }

  /**
   * The context that the calling thread runs under; {@link #background()} if none. It cannot be
   * cast to a {@link CancellableContext}.
   */
  static Context current() {
    return Binding.current();
  }

  // ---- state

  /**
   * Whether this context has ended. Takes no lock and allocates nothing while it has not; may
   * answer false for about a millisecond after the deadline (R12).
   */
  @CheckReturnValue
  boolean isDone();

  /** Whether this context is active, or how it ended. */
  @CheckReturnValue
  Status status();

  /**
   * Why it ended: what was passed to {@code cancel} or made by the supplier; without one, an
   * exception without a stack that says no more than {@link #status()}, which is what tells the
   * kinds of ends apart. The identical object in the whole subtree; null while active.
   */
  @CheckReturnValue
  @Nullable Throwable cause();

  /** The story of the end: status, cause, which context ended first, when; null while active. */
  @CheckReturnValue
  @Nullable Ending ending();

  /**
   * Returns if this context is active.
   *
   * @throws DeadlineExceededException if a deadline has passed
   * @throws ContextCancelledException if it was cancelled, or closed by its owner
   */
  void throwIfDone();

  /**
   * Throws like {@link #throwIfDone()}, with {@code failure} as the cause of what is thrown. For a
   * resource that outlives the call that opened it, such as a stream.
   *
   * @param failure what the end has brought about
   */
  void throwIfDone(Throwable failure);

  /**
   * The effective deadline, for display and for the wire; null if there is none. Every call gives
   * the same, on every context under one deadline.
   */
  @CheckReturnValue
  @Nullable Instant deadline();

  /**
   * Nanoseconds until the effective deadline: 0 when it has passed or the context has ended, {@code
   * Long.MAX_VALUE} without a deadline. Code that has waited that long finds the context ended.
   */
  @CheckReturnValue
  long remainingNanos();

  /**
   * The time until the effective deadline in milliseconds, for {@code Socket.setSoTimeout} and its
   * like. Without a deadline 0, which sockets, {@code Object.wait} and {@code Thread.join} read as
   * no limit; with one, at least 1. Do not pass it to {@code java.util.concurrent}, where 0 means
   * "at once": use {@link #remainingNanos()} there.
   *
   * <p>Code that has waited that long finds the context ended.
   *
   * @throws ContextEndedException as {@link #throwIfDone()}: there is no time left
   */
  @CheckReturnValue
  int socketTimeoutMillis();

  /** Whether work that takes {@code work} is worth starting: active, and enough time is left. */
  @CheckReturnValue
  boolean hasTimeFor(Duration work);

  // ---- values

  /** The value of {@code key}, nearest first; null if there is none. Also after the end. */
  @CheckReturnValue
  <T> @Nullable T get(ContextKey<T> key);

  /**
   * The value of {@code key}.
   *
   * @throws IllegalStateException if there is none; the message names the key
   */
  <T> T require(ContextKey<T> key);

  // ---- derive: each returns a child and changes nothing here

  /** A child that its creator can end. */
  @CheckReturnValue
  CancellableContext withCancel();

  /**
   * A child that ends {@code timeout} from now, or with this context if that is earlier. Zero or
   * less gives a child that has ended already. A duration of more than 292 years sets no limit.
   */
  @CheckReturnValue
  CancellableContext withTimeout(Duration timeout);

  /**
   * The same with a reason of its own.
   *
   * @param cause makes the cause when the deadline has passed; runs on the thread that detects
   *     that, under a race more than once, and one result is used
   */
  @CheckReturnValue
  CancellableContext withTimeout(Duration timeout, Supplier<? extends Throwable> cause);

  /** A child that ends at {@code deadline}, measured from now on by the monotonic clock. */
  @CheckReturnValue
  CancellableContext withDeadline(Instant deadline);

  /** The same with a reason of its own; see {@link #withTimeout(Duration, Supplier)}. */
  @CheckReturnValue
  CancellableContext withDeadline(Instant deadline, Supplier<? extends Throwable> cause);

  /** A child that has one value more; it shadows a value of the same key. */
  @CheckReturnValue
  <T> Context withValue(ContextKey<T> key, T value);

  /**
   * A child with a name, for messages and the live tree; bounded and escaped where shown. A context
   * without a name is reported under the nearest name above it.
   */
  @CheckReturnValue
  Context withName(String name);

  /** A child without deadline that never ends, but has these values. */
  @CheckReturnValue
  Context withoutCancel();

  /**
   * A child of the nearest root on the path, with these values and this clock: work that must
   * outlive its request, by name and with a limit. Shutdown still reaches it.
   */
  @CheckReturnValue
  CancellableContext detach(String name, Duration limit);

  /**
   * A child that also ends when {@code other} does, with the earliest deadline of both and the
   * values of this one.
   *
   * @throws IllegalArgumentException if the two have different clocks
   */
  @CheckReturnValue
  CancellableContext withCancelFrom(Context other);

  // ---- react and wait

  /**
   * Runs {@code action} on a virtual thread of its own once this context has ended: also after a
   * normal {@code close()}. {@link #status()} distinguishes a close from a cancel.
   */
  Registration onDone(Runnable action);

  /**
   * The same on {@code executor}. {@code Runnable::run} runs it inline, on the thread that cancels,
   * after the whole subtree has ended; only for actions that never block.
   */
  Registration onDone(Runnable action, Executor executor);

  /** Waits until this context has ended. */
  void awaitDone() throws InterruptedException;

  /**
   * Waits until this context has ended, at most {@code timeout}.
   *
   * @return whether it has ended
   */
  boolean awaitDone(Duration timeout) throws InterruptedException;

  /**
   * Sleeps for {@code duration} of this context's clock; not at all for zero or less.
   *
   * @throws ContextEndedException as {@link #throwIfDone()} if the context ends first
   */
  void sleep(Duration duration) throws InterruptedException;

  /**
   * Waits for {@code future}. It is not cancelled when the context ends first: it belongs to its
   * owner.
   *
   * @throws ContextEndedException if the context ends first
   */
  <T extends @Nullable Object> T await(Future<T> future)
      throws ExecutionException, InterruptedException;

  // ---- run code under this context

  /**
   * Runs {@code body} with this context bound to the thread and does nothing else: no interrupt, no
   * canceller.
   *
   * @throws ContextEndedException without running it, if this context has ended
   */
  <T extends @Nullable Object, X extends Exception> T call(ContextCallable<T, X> body) throws X;

  /** {@link #call(ContextCallable)} for code without a result. */
  default <X extends Exception> void run(ContextRunnable<X> body) throws X {
    Require.argument(body, "body", "pass what to run");
    call(
        ctx -> {
          body.run(ctx);
          return null;
        });
  }

  /**
   * Runs {@code body}; if this context ends meanwhile, the thread is interrupted once. No interrupt
   * of ours is left when it returns; foreign ones are kept. Ask for it only around code that an
   * interrupt stops without harm: on a virtual thread it closes the socket or channel that the
   * thread reads.
   *
   * @throws ContextEndedException if this context has ended before, or its interrupt ended the body
   */
  <T extends @Nullable Object, X extends Exception> T callInterruptibly(ContextCallable<T, X> body)
      throws X;

  /** {@link #callInterruptibly} for code without a result. */
  default <X extends Exception> void runInterruptibly(ContextRunnable<X> body) throws X {
    Require.argument(body, "body", "pass what to run");
    callInterruptibly(
        ctx -> {
          body.run(ctx);
          return null;
        });
  }

  /**
   * Runs {@code body}; if this context ends meanwhile, {@code canceller} stops what the body waits
   * for. Returns only when no cancel is under way, or after the canceller's patience. Inside
   * another such call the inner canceller replaces the outer one until it returns.
   *
   * @throws ContextEndedException if this context has ended before, or the canceller explains the
   *     body's failure
   */
  <T extends @Nullable Object, X extends Exception> T call(
      Canceller canceller, ContextCallable<T, X> body) throws X;

  /** {@link #call(Canceller, ContextCallable)} for code without a result. */
  default <X extends Exception> void run(Canceller canceller, ContextRunnable<X> body) throws X {
    Require.argument(body, "body", "pass what to run");
    call(
        canceller,
        ctx -> {
          body.run(ctx);
          return null;
        });
  }

  /**
   * Runs {@code body} under a context that has these values and is ended by {@code limit} alone: a
   * rollback, a commit, a compensation. Cancellers and interrupts of calls around it wait until it
   * returns or the limit has passed. It also runs after this context and its root have ended,
   * because shutdown is when a compensation is needed.
   *
   * @throws DeadlineExceededException without running it, if {@code limit} is zero or less
   */
  <T extends @Nullable Object, X extends Exception> T callShielded(
      Duration limit, ContextCallable<T, X> body) throws X;

  /** {@link #callShielded} for code without a result. */
  default <X extends Exception> void runShielded(Duration limit, ContextRunnable<X> body) throws X {
    Require.argument(body, "body", "pass what to run");
    callShielded(
        limit,
        ctx -> {
          body.run(ctx);
          return null;
        });
  }

  /**
   * {@code task} with this context bound while it runs, and with what installed carriers capture
   * now. It is never interrupted, and it runs even if the context has ended: the task decides.
   */
  @CheckReturnValue
  Runnable wrap(Runnable task);

  /** The same for a task with a result. */
  @CheckReturnValue
  <T extends @Nullable Object> Callable<T> wrap(Callable<T> task);
}
