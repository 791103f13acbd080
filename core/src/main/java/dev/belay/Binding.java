package dev.belay;

import org.jspecify.annotations.Nullable;

/** What a thread runs under: a context, and the innermost of the guarded calls it is in. */
final class Binding {
  private static final int CONTEXT = 0;
  static final int CALL = 1;

  // A thread-local, not a ScopedValue: bridges open and close a scope by two calls. It holds an
  // array of its own for each thread, so that a call looks it up once; not a class of ours, which
  // would keep our class loader alive with every thread of a pool.
  private static final ThreadLocal<@Nullable Object[]> BOUND =
      ThreadLocal.withInitial(() -> new @Nullable Object[2]);

  private Binding() {}

  /** The calling thread's own array. */
  static @Nullable Object[] slots() {
    return BOUND.get();
  }

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
    Steps.Call step = Steps.begin(ctx, before);
    slots[CONTEXT] = ctx;
    boolean succeeded = false;
    try {
      T result = body.call(ctx);
      succeeded = true;
      return result;
    } finally {
      slots[CONTEXT] = before; // first: a call may find no stack
      Steps.end(step, succeeded);
    }
  }

  /** The innermost guarded call that the thread is in. */
  static @Nullable GuardedCall innermost() {
    return (GuardedCall) BOUND.get()[CALL];
  }

  static void innermost(@Nullable GuardedCall call) {
    BOUND.get()[CALL] = call;
  }
}
