package dev.belay.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Work that an {@link Error} has interrupted, such as an exhausted stack or heap, and that must not
 * stay undone: a walk, the start of a thread. The timer thread has it resumed on a thread of its
 * own, whose stack is empty. Adding needs no memory and, while no other thread adds, no stack.
 */
public final class Unfinished {
  private static final Object LOCK = new Object();

  /** Guarded by the lock; read without it to see whether there is any. */
  private static volatile @Nullable Work first;

  private static volatile Runnable waker = () -> {};

  private Unfinished() {}

  /** A piece of work that can be resumed. */
  public abstract static class Work implements Runnable {
    // Guarded by the lock:
    private @Nullable Work next;
    private boolean queued;

    /** For what does the work. */
    protected Work() {}

    /** Goes on where the work was interrupted. Adds the work again if it is interrupted again. */
    @Override
    public abstract void run();
  }

  /** Sets what makes the timer thread look for work. */
  public static void setWaker(Runnable wake) {
    waker = wake;
  }

  /** Hands {@code work} over, unless it is there. Never throws. */
  public static void add(Work work) {
    synchronized (LOCK) {
      if (!work.queued) {
        work.queued = true;
        work.next = first;
        first = work;
      }
    }
    try {
      waker.run();
    } catch (Throwable t) {
      // The stack is at its end here as well. The timer thread looks at its next turn.
    }
  }

  /** Whether there is any work. */
  public static boolean any() {
    return first != null;
  }

  /** Takes one piece; null if there is none. */
  public static @Nullable Work take() {
    synchronized (LOCK) {
      Work work = first;
      if (work != null) {
        first = work.next;
        work.next = null;
        work.queued = false;
      }
      return work;
    }
  }
}
