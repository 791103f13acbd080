package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** The one thread that watches for the interrupts of all. */
class InterruptWatchTest {

  @Test
  void aReactionThatThrowsStopsNoOther() throws Exception {
    var reported = new LinkedBlockingQueue<Throwable>();
    var handler = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> reported.add(failure));
    try {
      var broken = new IllegalStateException("of the test");
      noticed(
          () -> {
            throw broken;
          });
      assertThat(reported.take()).isSameAs(broken);
      var reacted = new CountDownLatch(1);
      noticed(reacted::countDown);
      reacted.await();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(handler);
    }
  }

  /** Interrupts a thread in a call that does not answer to that, and waits until it is noticed. */
  private static void noticed(Runnable reaction) throws Exception {
    var calling = new CountDownLatch(1);
    var noticed = new CountDownLatch(1);
    var attempt =
        On.PLATFORM.start(
            () ->
                InterruptWatch.during(
                    () -> {
                      calling.countDown();
                      spinUntil(noticed);
                      return null;
                    },
                    () -> {
                      noticed.countDown();
                      reaction.run();
                    }));
    calling.await();
    attempt.interrupt();
    attempt.result();
  }

  /** Leaves the flag as it is, which is what the watch looks at. */
  private static void spinUntil(CountDownLatch latch) {
    while (latch.getCount() > 0) {
      Thread.onSpinWait();
    }
  }
}
