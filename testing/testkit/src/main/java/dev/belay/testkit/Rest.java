package dev.belay.testkit;

import java.util.concurrent.locks.LockSupport;

/** Waits in real time until a thread is parked, blocked, in a native method, or has ended. */
final class Rest {
  private static final long PAUSE_NANOS = 20_000;

  /**
   * A thread that is seen in a native method so often in a row is at rest there, as in a read; and
   * one that is seen blocked. A virtual thread may look blocked for a moment after the monitor is
   * free.
   */
  private static final int LOOKS = 100;

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
    int looks = 0;
    while (looks < LOOKS && !thread.equals(Thread.currentThread())) {
      switch (thread.getState()) {
        case RUNNABLE -> {
          boolean inNative = isInNativeMethod(thread);
          looks = inNative ? looks + 1 : 0;
          moved |= !inNative;
        }
        case BLOCKED -> looks++;
        default -> {
          return moved || looks > 0; // it has gone on from there
        }
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

  /**
   * Whether it is in one that may wait for something. Those of the language itself do not, but for
   * processes: a thread that has just been woken is still in {@code Unsafe.park}, perhaps without a
   * processor.
   */
  private static boolean isInNativeMethod(Thread thread) {
    StackTraceElement[] frames = thread.getStackTrace();
    if (frames.length == 0 || !frames[0].isNativeMethod()) {
      return false;
    }
    String type = frames[0].getClassName();
    boolean ofTheLanguage = type.startsWith("java.lang.") || type.startsWith("jdk.internal.");
    return !ofTheLanguage || type.startsWith("java.lang.Process");
  }
}
