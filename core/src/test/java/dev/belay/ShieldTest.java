package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.group.TaskGroup;
import dev.belay.spi.Ambient;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
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
                      c.callShielded(
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

  @Test
  @DisplayName("R24: inside a shield, what was opened before it obeys the shield")
  void whatWasOpenedBeforeObeysTheShield() throws Exception {
    Context ctx = root.withCancel();
    assertThat(Ambient.obeyed(ctx)).isSameAs(ctx);
    assertThat(ctx.<Context, Exception>call(c -> Ambient.obeyed(ctx))).isSameAs(ctx);
    ctx.runShielded(
        SECOND,
        shielded -> {
          assertThat(Ambient.obeyed(ctx)).isSameAs(Context.current());
          Context inside = shielded.withCancel();
          assertThat(Ambient.obeyed(inside)).isSameAs(inside);
          inside.runShielded(
              SECOND, inner -> assertThat(Ambient.obeyed(inside)).isSameAs(Context.current()));
          try (TaskGroup<Context, List<Context>, Exception> group = TaskGroup.open(shielded)) {
            group.fork("release", c -> Ambient.obeyed(ctx));
            assertThat(group.join().getFirst().toString()).contains("shielded");
          }
        });
    assertThat(Ambient.obeyed(ctx)).isSameAs(ctx);
  }

  @Tag("race")
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

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R24: shielded work begins when no cancel that was sent before is under way")
  void aShieldWaitsForACancelUnderWay(ThreadFactory threads) throws Exception {
    CancellableContext ctx = root.withCancel();
    var entered = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var left = new AtomicBoolean();
    var body = new CompletableFuture<Thread>();
    var seen =
        new FutureTask<>(
            () ->
                ctx.<Boolean, Exception>call(
                    attempt -> {
                      entered.countDown();
                      go.await();
                      left.set(true);
                    },
                    c -> {
                      ctx.cancel();
                      entered.await();
                      body.complete(Thread.currentThread());
                      return c.<Boolean, RuntimeException>callShielded(SECOND, d -> left.get());
                    }));
    threads.newThread(seen).start();
    awaitParked(body.get());
    go.countDown();
    assertThat(seen.get()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22, R24: a shield brings back no interrupt of ours that the body has used up")
  void anInterruptThatWasUsedUpDoesNotComeBack(ThreadFactory threads) throws Exception {
    CancellableContext ctx = root.withCancel();
    var flag =
        new FutureTask<>(
            () ->
                ctx.<Boolean, RuntimeException>callInterruptibly(
                    c -> {
                      ctx.cancel();
                      assertThatThrownBy(() -> new CountDownLatch(1).await())
                          .isInstanceOf(InterruptedException.class);
                      c.runShielded(SECOND, d -> {});
                      return Thread.currentThread().isInterrupted();
                    }));
    threads.newThread(flag).start();
    assertThat(flag.get()).isFalse();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22, R24: a shield does not hold back a foreign interrupt")
  void aForeignInterruptReachesShieldedWork(ThreadFactory threads) throws Exception {
    CancellableContext ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    var flag =
        new FutureTask<>(
            () ->
                ctx.<Boolean, Exception>call(
                    attempt -> sent.countDown(),
                    c -> {
                      ctx.cancel();
                      sent.await();
                      Thread.currentThread().interrupt();
                      return c.<Boolean, RuntimeException>callShielded(
                          SECOND, d -> Thread.interrupted());
                    }));
    threads.newThread(flag).start();
    assertThat(flag.get()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22, R24: nor one that came before ours, which is not sent then")
  void aFlagSetOnEntryReachesShieldedWork(ThreadFactory threads) throws Exception {
    CancellableContext ctx = root.withCancel();
    var flags =
        new FutureTask<>(
            () -> {
              Thread.currentThread().interrupt();
              boolean shielded =
                  ctx.<Boolean, RuntimeException>callInterruptibly(
                      c -> {
                        ctx.cancel();
                        return c.<Boolean, RuntimeException>callShielded(
                            SECOND, d -> Thread.currentThread().isInterrupted());
                      });
              return shielded + " " + Thread.interrupted();
            });
    threads.newThread(flags).start();
    assertThat(flags.get()).isEqualTo("true true");
  }
}
