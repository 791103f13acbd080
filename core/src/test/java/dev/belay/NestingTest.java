package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R24: cancellers and shields inside each other. */
class NestingTest extends Fixture {
  /**
   * Waits until the one thread that the end has started, which sends the signal, waits in the
   * hand-over: if it was free to send it has done so.
   */
  private void awaitSenderHeldBack() {
    Thread sender = clock.onlyStarted();
    awaitIn(sender, "take");
    awaitParked(sender);
  }

  @Test
  @DisplayName("R24: an inner canceller replaces the outer one for its time")
  void theInnerCancellerReplacesTheOuter() throws Exception {
    var ctx = root.withCancel();
    List<String> sent = Collections.synchronizedList(new ArrayList<>());
    var inner = new CountDownLatch(1);
    var outer = new CountDownLatch(1);
    ctx.run(
        attempt -> {
          sent.add("outer");
          outer.countDown();
        },
        c -> {
          root.run( // another context: the outer one's end reaches it all the same
              attempt -> {
                sent.add("inner");
                inner.countDown();
              },
              d -> {
                ctx.cancel();
                inner.await();
              });
          outer.await();
        });
    assertThat(sent).startsWith("inner").endsWith("outer");
    assertThat(sent.lastIndexOf("inner")).isLessThan(sent.indexOf("outer"));
  }

  @Test
  @DisplayName("R24: a failure of the inner body is explained by the outer context's end")
  void theInnerFailureIsTheOutersEnd() {
    var ctx = root.withName("outer").withCancel();
    var sent = new CountDownLatch(1);
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> {},
                    c ->
                        root.run(
                            attempt -> sent.countDown(),
                            d -> {
                              ctx.cancel();
                              sent.await();
                              throw new IOException("closed");
                            })))
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage("cancelled by the owner of \"outer\"");
  }

  @Test
  @DisplayName("R24: shielded work is not reached by outer signals until it returns")
  void outerSignalsWaitForTheShield() throws Exception {
    var ctx = root.withCancel();
    var sent = new AtomicInteger();
    var after = new CountDownLatch(1);
    ctx.run(
        attempt -> {
          sent.incrementAndGet();
          after.countDown();
        },
        c -> {
          c.runShielded(
              SECOND,
              d -> {
                ctx.cancel();
                assertThat(d.isDone()).isFalse();
                assertThat(Context.current().isDone()).isFalse();
                assertThat(d.toString()).startsWith("background/test/shielded [1s");
                awaitSenderHeldBack();
                assertThat(sent).hasValue(0);
              });
          after.await();
        });
    assertThat(sent.get()).isPositive();
  }

  @Test
  @DisplayName("R24: when the shield's limit has passed, the outer signal goes through")
  void theShieldHasALimit() throws Exception {
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    ctx.run(
        attempt -> sent.countDown(),
        c ->
            c.runShielded(
                SECOND,
                d -> {
                  ctx.cancel();
                  awaitSenderHeldBack();
                  assertThat(sent.getCount()).isEqualTo(1);
                  Thread turner = Thread.ofPlatform().start(() -> clock.advanceAndForget(SECOND));
                  sent.await();
                  turner.join();
                  assertThat(d.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
                }));
  }

  @Test
  @DisplayName("R24: once an inner call has returned the end reaches the outer canceller")
  void afterTheInnerCallTheOuterCancellerIsCalled() throws Exception {
    var ctx = root.withCancel();
    var outer = new CountDownLatch(1);
    ctx.run(
        attempt -> outer.countDown(),
        c -> {
          GuardedCall around = Binding.innermost();
          root.run(attempt -> {}, d -> assertThat(Binding.innermost()).isNotSameAs(around));
          assertThat(Binding.innermost()).isSameAs(around);
          ctx.cancel();
          outer.await();
        });
  }

  @Test
  @DisplayName("R24: an inner call that only waits for its own cancel does not hold back the outer")
  void whileTheInnerCallIsBeingLeftTheOuterIsTold() throws Exception {
    var outer = root.withCancel();
    var inner = root.withCancel();
    var outerTold = new CountDownLatch(1);
    var innerTold = new CountDownLatch(1);
    var leaving = new CompletableFuture<Thread>();
    var ender =
        new FutureTask<Void>(
            () -> {
              awaitParked(leaving.get());
              outer.cancel();
              return null;
            });
    Thread.ofPlatform().start(ender);
    outer.run(
        attempt -> outerTold.countDown(),
        c ->
            inner.run(
                attempt -> {
                  innerTold.countDown();
                  outerTold.await();
                },
                d -> {
                  inner.cancel();
                  innerTold.await();
                  leaving.complete(Thread.currentThread());
                }));
    ender.get();
  }

  @Test
  @DisplayName("R24: shielded work gives its result, and is not started when its limit is nothing")
  void shieldedWorkGivesItsResult() throws Exception {
    assertThat(root.<String, RuntimeException>callShielded(SECOND, c -> "alone"))
        .isEqualTo("alone");
    String nested =
        root.call(
            attempt -> {}, c -> c.<String, RuntimeException>callShielded(SECOND, d -> "nested"));
    assertThat(nested).isEqualTo("nested");
    assertThatThrownBy(() -> root.runShielded(Duration.ZERO, c -> fail("started")))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  @DisplayName("R24: a shield inside a shield holds as long as either does")
  void shieldsInsideEachOther() throws Exception {
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    ctx.run(
        attempt -> sent.countDown(),
        c -> {
          c.runShielded(
              SECOND,
              d ->
                  d.runShielded(
                      SECOND,
                      e -> {
                        ctx.cancel();
                        assertThat(e.isDone()).isFalse();
                        awaitSenderHeldBack();
                        assertThat(sent.getCount()).isEqualTo(1);
                      }));
          sent.await();
        });
  }

  @Test
  @DisplayName("R21, R24: two ends that meet at one canceller call it one after the other")
  void twoEndsCallOneCancellerInTurn() throws Exception {
    var outer = root.withCancel();
    var inner = root.withCancel();
    var gauge = new Gauge();
    var enough = new CountDownLatch(20);
    outer.run(
        attempt -> fail("the outer canceller is replaced"),
        c ->
            inner.run(
                attempt -> {
                  gauge.pass(attempt);
                  enough.countDown();
                },
                d -> {
                  inner.cancel();
                  outer.cancel();
                  enough.await();
                }));
    assertThat(gauge.most).hasValue(1);
  }
}
