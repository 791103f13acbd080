package dev.belay.testkit;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A call on a thread of its own, for tests of what blocks: they look from outside at how it ends. A
 * test that passes waits for every attempt that it starts. Every method that waits does so for a
 * minute at most; the {@link AssertionError} then says where the thread is.
 *
 * @param <T> what the call returns
 */
public final class Attempt<T extends @Nullable Object> {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Thread thread;
  private final FutureTask<T> call;
  private volatile boolean interrupted;

  private Attempt(Thread.Builder builder, Callable<T> body) {
    call = new FutureTask<>(Objects.requireNonNull(body, "body is null: pass the call"));
    thread =
        builder.start(
            () -> {
              call.run();
              interrupted = Thread.currentThread().isInterrupted();
            });
  }

  /** Calls {@code body} on a virtual thread. */
  public static <T extends @Nullable Object> Attempt<T> start(Callable<T> body) {
    return new Attempt<>(Thread.ofVirtual(), body);
  }

  /** Calls {@code body} on a platform thread. */
  public static <T extends @Nullable Object> Attempt<T> startOnPlatformThread(Callable<T> body) {
    return new Attempt<>(Thread.ofPlatform().daemon(), body);
  }

  /** Interrupts its thread. */
  public void interrupt() {
    thread.interrupt();
  }

  /** Whether the call goes on. */
  public boolean isRunning() {
    return thread.isAlive();
  }

  /** Waits until the call waits for something, in a native method too, or is over. */
  public void awaitBlocked() {
    new Rest(System.nanoTime() + PATIENCE.toNanos(), "not blocked within " + PATIENCE)
        .await(thread);
  }

  private void join() throws InterruptedException {
    if (!thread.join(PATIENCE)) {
      throw new AssertionError(
          "still running after %s; a call that waits on a VirtualClock needs awaitWaiting(n) before advance: %s"
              .formatted(PATIENCE, Threads.describe(thread)));
    }
  }

  /** Waits for the end of the call, which must be what it returns; a failure is the cause. */
  public T result() throws InterruptedException {
    Throwable thrown = failure();
    if (thrown != null) {
      throw new AssertionError("the call failed", thrown);
    }
    return call.resultNow();
  }

  /**
   * Waits for the end of the call.
   *
   * @return what it threw, null if nothing
   */
  public @Nullable Throwable failure() throws InterruptedException {
    join();
    return call.state() == Future.State.FAILED ? call.exceptionNow() : null;
  }

  /**
   * Waits for the end of the call, which must be a failure of this type; any other is the cause of
   * the {@link AssertionError}.
   */
  public <X extends Throwable> X thrown(Class<X> type) throws InterruptedException {
    Throwable thrown = failure();
    if (thrown == null) {
      throw new AssertionError(
          "expected a %s, but the call returned normally".formatted(type.getSimpleName()));
    }
    if (!type.isInstance(thrown)) {
      throw new AssertionError("not a " + type.getSimpleName(), thrown);
    }
    return type.cast(thrown);
  }

  /** Waits for the end of the call: whether the interrupt flag of its thread was set then. */
  public boolean wasInterrupted() throws InterruptedException {
    join();
    return interrupted;
  }
}
