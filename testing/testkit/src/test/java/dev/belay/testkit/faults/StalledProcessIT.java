package dev.belay.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StalledProcessIT {

  @Test
  void itIgnoresARequestToEndAndDiesWhenItIsClosed() throws Exception {
    var stalled = StalledProcess.start();
    Process process = stalled.process();
    try (stalled) {
      process.destroy();
      assertThat(process.waitFor(100, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void aCallThatReadsFromItEndsWithItsContext(Context ctx, VirtualClock clock) throws Exception {
    try (var stalled = StalledProcess.start();
        var limited = ctx.withTimeout(Duration.ofSeconds(1))) {
      Process process = stalled.process();
      var reading = new CountDownLatch(1);
      Attempt<?> read =
          Attempt.start(
              () ->
                  limited.call(
                      Canceller.destroying(process),
                      c -> {
                        reading.countDown();
                        String line = process.inputReader().readLine();
                        c.throwIfDone();
                        return line;
                      }));
      reading.await();
      clock.advance(Duration.ofSeconds(1));
      read.thrown(DeadlineExceededException.class);
      assertThat(process.waitFor()).isNotZero();
    }
  }

  @Test
  void anInterruptWhileItIsClosedIsKept() throws Exception {
    var stalled = StalledProcess.start();
    Thread.currentThread().interrupt();
    stalled.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(stalled.process().isAlive()).isFalse();
  }
}
