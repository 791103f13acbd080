package dev.belay.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A call on a thread of its own, for tests of what blocks: they look from outside at how it ends. A
 * test that passes waits for every attempt that it starts.
 */
public final class Attempt {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Thread thread;
  private volatile @Nullable Throwable failure;

  private Attempt(Thread.Builder builder, Callable<?> body) {
    thread =
        builder.start(
            () -> {
              try {
                body.call();
              } catch (Throwable t) {
                failure = t;
              }
            });
  }

  /** Calls {@code body} on a virtual thread. */
  public static Attempt start(Callable<?> body) {
    return new Attempt(Thread.ofVirtual(), body);
  }

  /** Calls {@code body} on a platform thread. */
  public static Attempt startOnPlatformThread(Callable<?> body) {
    return new Attempt(Thread.ofPlatform(), body);
  }

  /** Interrupts its thread. */
  public void interrupt() {
    thread.interrupt();
  }

  /** Whether the call goes on. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  /** Waits until the call waits for something, or is over. */
  public void awaitBlocked() {
    while (thread.getState() == Thread.State.RUNNABLE || thread.getState() == Thread.State.NEW) {
      Thread.onSpinWait();
    }
  }

  /**
   * Waits for the end of the call.
   *
   * @return what it threw, null if nothing
   * @throws AssertionError if it goes on for 20 seconds; says where
   */
  public @Nullable Throwable outcome() throws InterruptedException {
    if (!thread.join(PATIENCE)) {
      throw new AssertionError("stuck in " + Arrays.toString(thread.getStackTrace()));
    }
    return failure;
  }

  /**
   * Waits for the end of the call, which must be a failure of this type.
   *
   * @throws AssertionError if it is not
   */
  public <X extends Throwable> X thrown(Class<X> type) throws InterruptedException {
    Throwable thrown = outcome();
    if (!type.isInstance(thrown)) {
      throw new AssertionError("not a " + type.getSimpleName(), thrown);
    }
    return type.cast(thrown);
  }
}
