package dev.belay.testkit;

import java.util.concurrent.locks.LockSupport;

/** Waits in real time until a thread is parked, blocked, in a native method, or has ended. */
final class Rest {
  private static final long PAUSE_NANOS = 20_000;

  /** A thread that is seen in a native method so often in a row is at rest there, as in a read. */
  private static final int NATIVE_LOOKS = 50;

  private final long end;
  private final String complaint;

  /**
   * Waits until {@code end}.
   *
   * @param end by {@link System#nanoTime}
   * @param complaint what the error says before it describes the thread
   */
  Rest(long end, String complaint) {
    this.end = end;
    this.complaint = complaint;
  }

  /**
   * Waits until {@code thread} is at rest; the calling thread always is.
   *
   * @return whether it was not
   * @throws AssertionError if it does not come to rest before the end
   */
  boolean await(Thread thread) {
    boolean moved = false;
    int looksInNative = 0;
    while (isBusy(thread)
        && !thread.equals(Thread.currentThread())
        && looksInNative < NATIVE_LOOKS) {
      if (isInNativeMethod(thread)) {
        looksInNative++;
      } else {
        looksInNative = 0;
        moved = true;
      }
      pause(thread);
    }
    return moved;
  }

  /** Lets {@code thread} go on for a moment. */
  void pause(Thread thread) {
    if (System.nanoTime() > end) {
      throw new AssertionError(complaint + ": " + Threads.describe(thread));
    }
    LockSupport.parkNanos(thread, PAUSE_NANOS);
  }

  /** Whether it is about to run or runs. */
  static boolean isBusy(Thread thread) {
    return thread.getState() == Thread.State.RUNNABLE;
  }

  private static boolean isInNativeMethod(Thread thread) {
    StackTraceElement[] frames = thread.getStackTrace();
    return frames.length > 0 && frames[0].isNativeMethod();
  }
}
