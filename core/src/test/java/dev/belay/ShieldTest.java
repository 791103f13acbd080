package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R24 where a signal and the shield, or the end of an inner call, come at the same moment. */
class ShieldTest extends Fixture {

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R24: an interrupt that arrived before the shield went up waits for its end")
  void anInterruptThatCameJustBeforeTheShieldWaits(ThreadFactory threads) throws Exception {
    CancellableContext ctx = root.withCancel();
    var rolledBack = new FutureTask<>(() -> interruptedThenShielded(ctx));
    threads.newThread(rolledBack).start();
    assertThat(rolledBack.get()).isEqualTo("rolled back, then interrupted");
  }

  private String interruptedThenShielded(CancellableContext ctx) {
    var seen = new StringBuilder();
    assertThatThrownBy(
            () ->
                ctx.callInterruptibly(
                    c -> {
                      ctx.cancel();
                      while (!Thread.currentThread().isInterrupted()) {
                        Thread.onSpinWait();
                      }
                      c.shielded(
                          SECOND,
                          shield -> {
                            new Semaphore(1).acquire(); // throws if the flag is set
                            seen.append("rolled back");
                            return null;
                          });
                      new CountDownLatch(1).await();
                      return null;
                    }))
        .isInstanceOf(ContextCancelledException.class);
    return seen.append(", then interrupted").toString();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R24: the end of an inner context never reaches the canceller of the outer call")
  void anInnerEndNeverHitsTheOuterCall(ThreadFactory threads) throws Exception {
    var hits = new AtomicInteger();
    var race =
        new FutureTask<>(
            () -> {
              for (int i = 0; i < 5_000; i++) {
                innerCallThatIsCancelledWhileItReturns(hits);
              }
              return hits.get();
            });
    threads.newThread(race).start();
    assertThat(race.get()).isZero();
    clock.settle();
    assertThat(hits).hasValue(0);
  }

  private void innerCallThatIsCancelledWhileItReturns(AtomicInteger hits)
      throws InterruptedException {
    CancellableContext inner = root.withCancel();
    Thread[] canceller = new Thread[1];
    root.run(
        attempt -> hits.incrementAndGet(),
        outer -> {
          inner.run(
              attempt -> {},
              c -> {
                canceller[0] = Thread.ofVirtual().start(inner::cancel);
              });
          canceller[0].join();
          clock.settle(); // the outer call is open until the last cancel was sent
        });
    inner.close();
  }
}
