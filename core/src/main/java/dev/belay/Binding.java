package dev.belay;

import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;

/**
 * What a thread runs under: a context, the innermost of the guarded calls it is in, and the
 * innermost of the groups it has open.
 */
final class Binding {
  private static final int CONTEXT = 0;
  private static final int CALL = 1;
  private static final int GROUP = 2;

  // A thread-local, not a ScopedValue: bridges open and close a scope by two calls. It holds an
  // array of its own for each thread, so that a call looks it up once; not a class of ours, which
  // would keep our class loader alive with every thread of a pool.
  private static final ThreadLocal<@Nullable Object[]> BOUND =
      ThreadLocal.withInitial(() -> new @Nullable Object[3]);

  private Binding() {}

  static Context current() {
    var bound = (AbstractContext) BOUND.get()[CONTEXT];
    return bound == null ? NamedContext.BACKGROUND : bound.view();
  }

  /** Binds {@code ctx} to the thread; null for nothing. The answer is what was bound before. */
  static @Nullable Context swap(@Nullable Context ctx) {
    @Nullable Object[] slots = BOUND.get();
    var before = (Context) slots[CONTEXT];
    slots[CONTEXT] = ctx;
    return before;
  }

  static <T extends @Nullable Object, X extends Exception> T call(
      AbstractContext ctx, ContextCallable<T, X> body) throws X {
    @Nullable Object[] slots = BOUND.get();
    var before = (AbstractContext) slots[CONTEXT];
    slots[CONTEXT] = ctx;
    Steps.Step step = Steps.begin(ctx, before);
    try {
      return body.call(ctx);
    } finally {
      Steps.end(step);
      slots[CONTEXT] = before;
    }
  }

  /** The innermost guarded call that the thread is in. */
  static @Nullable GuardedCall innermost() {
    return (GuardedCall) BOUND.get()[CALL];
  }

  static void innermost(@Nullable GuardedCall call) {
    BOUND.get()[CALL] = call;
  }

  /** The innermost group that the thread has open. */
  static @Nullable TaskGroup<?, ?, ?> group() {
    var reference = (WeakReference<?>) BOUND.get()[GROUP];
    return reference == null ? null : (TaskGroup<?, ?, ?>) reference.get();
  }

  /** Held weakly: a group that was dropped without a close is no leak of its thread. */
  static void group(@Nullable TaskGroup<?, ?, ?> group) {
    BOUND.get()[GROUP] = group == null ? null : new WeakReference<>(group);
  }
}
