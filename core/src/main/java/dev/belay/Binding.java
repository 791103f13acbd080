package dev.belay;

import org.jspecify.annotations.Nullable;

/** The context that a thread runs under. */
final class Binding {
  // A thread-local, not a ScopedValue: bridges open and close a scope by two calls.
  private static final ThreadLocal<@Nullable AbstractContext> BOUND = new ThreadLocal<>();

  private Binding() {}

  static Context current() {
    AbstractContext bound = BOUND.get();
    return bound == null ? PlainContext.BACKGROUND : bound.view();
  }

  static @Nullable Context swap(Context ctx) {
    AbstractContext before = BOUND.get();
    BOUND.set((AbstractContext) ctx);
    return before;
  }

  static void restore(@Nullable Context before) {
    if (before == null) {
      BOUND.remove();
    } else {
      BOUND.set((AbstractContext) before);
    }
  }

  static <T extends @Nullable Object, X extends Exception> T call(
      AbstractContext ctx, ContextCallable<T, X> body) throws X {
    AbstractContext before = BOUND.get();
    BOUND.set(ctx);
    Steps.Step step = Steps.begin(ctx, before);
    try {
      return body.call(ctx);
    } finally {
      Steps.end(ctx, step);
      restore(before);
    }
  }
}
