package dev.belay.inspect;

import dev.belay.Context;
import dev.belay.spi.LiveThread;
import org.jspecify.annotations.Nullable;

/** Which threads run under which contexts, beyond those that hang in the tree. */
public interface ThreadSource {
  /** Knows none. */
  ThreadSource NONE = visitor -> {};

  /** Is shown one thread after the other. */
  interface Visitor {
    /**
     * Looks at a thread.
     *
     * @param bound what it runs under
     * @param call the innermost call that an end cancels, in which it is; null if it is in none
     */
    void visit(Thread thread, Context bound, @Nullable LiveThread call);
  }

  /** Shows {@code visitor} every thread that it knows. */
  void forEach(Visitor visitor);
}
