package dev.belay.lifecycle;

/** Where a thread is: a stack trace to print. */
final class At extends Throwable {
  private static final long serialVersionUID = 1L;

  private At(String message) {
    super(message, null, false, true);
  }

  static Throwable thread(Thread thread) {
    var at = new At("thread " + thread.getName() + " is here");
    at.setStackTrace(thread.getStackTrace());
    return at;
  }
}
