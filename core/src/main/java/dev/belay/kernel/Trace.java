package dev.belay.kernel;

/** Where something was made, or where a thread is: a stack trace to print, never thrown. */
public final class Trace extends Throwable {
  private static final long serialVersionUID = 1L;

  /** The calling thread's stack. */
  public Trace(String text) {
    super(text);
  }

  /** The stack of {@code thread}. */
  public Trace(String text, Thread thread) {
    super(text, null, false, true);
    setStackTrace(thread.getStackTrace());
  }
}
