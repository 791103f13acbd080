package dev.belay.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R22, R40: whose interrupt stays. */
class BorrowedThreadTest {

  static Stream<ThreadFactory> threads() {
    return Stream.of(Thread.ofPlatform().factory(), Thread.ofVirtual().factory());
  }

  private static void on(ThreadFactory threads, Callable<?> body) throws Exception {
    var task = new FutureTask<>(body);
    threads.newThread(task).start();
    task.get();
  }

  /** Whether the thread is interrupted after {@code foreign} ran on it, borrowed. */
  private static boolean interruptedAfter(Runnable foreign) {
    var caller = BorrowedThread.borrow();
    try {
      foreign.run();
    } finally {
      caller.giveBack();
    }
    return Thread.interrupted();
  }

  private static void interruptFromOutside(Thread target) {
    Thread other = Thread.ofPlatform().start(target::interrupt);
    while (other.isAlive()) {
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R40: an interrupt that foreign code sets on its own thread is taken back")
  void anOwnInterrupt(ThreadFactory threads) throws Exception {
    on(
        threads,
        () -> assertThat(interruptedAfter(() -> Thread.currentThread().interrupt())).isFalse());
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: an interrupt that another thread sends meanwhile stays")
  void aForeignInterrupt(ThreadFactory threads) throws Exception {
    on(
        threads,
        () -> {
          Thread self = Thread.currentThread();
          assertThat(interruptedAfter(() -> interruptFromOutside(self))).isTrue();
          assertThat(
                  interruptedAfter(
                      () -> {
                        interruptFromOutside(self);
                        Thread.interrupted(); // as a wait does, whose catch sets it again
                        self.interrupt();
                      }))
              .isTrue();
          assertThat(interruptedAfter(() -> {})).isFalse();
          return null;
        });
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: an interrupt that came before stays, also if foreign code takes it")
  void anEarlierInterrupt(ThreadFactory threads) throws Exception {
    on(
        threads,
        () -> {
          Thread.currentThread().interrupt();
          assertThat(interruptedAfter(() -> {})).isTrue();
          Thread.currentThread().interrupt();
          assertThat(interruptedAfter(Thread::interrupted)).isTrue();
          return null;
        });
  }
}
