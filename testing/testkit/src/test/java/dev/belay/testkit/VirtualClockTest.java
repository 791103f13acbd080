package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.Status;
import dev.belay.group.Hedge;
import dev.belay.group.TaskGroup;
import dev.belay.spi.Roots;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualClockTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void aDeadlineOfAnHourPassesWhenTheTestSaysSo(Context ctx, VirtualClock clock) {
    try (var limited = ctx.withTimeout(HOUR)) {
      clock.advance(HOUR.minusNanos(1));
      assertThat(limited.isDone()).isFalse();
      clock.advance(Duration.ofNanos(1));
      assertThat(limited.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void reactionsHaveReturnedWhenAdvanceReturns(Context ctx, VirtualClock clock) {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    var limited = ctx.withTimeout(HOUR);
    limited.onDone(() -> seen.add("reacted at " + clock.instant()));
    clock.advance(HOUR.multipliedBy(2));
    assertThat(seen).containsExactly("reacted at 1970-01-01T01:00:00Z");
  }

  @Test
  void sleepersWakeInTheOrderOfTime(Context ctx, VirtualClock clock) throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int hours = 5; hours >= 1; hours--) {
      int after = hours;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      ctx.sleep(HOUR.multipliedBy(after));
                      order.add(after);
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  }));
    }
    clock.awaitWaiting(5);
    clock.runUntilIdle();
    assertThat(order).containsExactly(1, 2, 3, 4, 5);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void aLoopThatSleepsRunsToItsEnd(Context ctx, VirtualClock clock) throws Exception {
    List<String> turns = Collections.synchronizedList(new ArrayList<>());
    var limited = ctx.withTimeout(Duration.ofSeconds(35));
    Thread loop =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (true) {
                      limited.sleep(Duration.ofSeconds(10));
                      turns.add(clock.instant().toString());
                    }
                  } catch (DeadlineExceededException e) {
                    turns.add("over");
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                });
    clock.awaitWaiting(1);
    clock.runUntilIdle();
    loop.join();
    assertThat(turns).hasSize(4).endsWith("over");
    assertThat(clock.instant()).isEqualTo("1970-01-01T00:00:35Z");
  }

  @Test
  void timeDoesNotGoBack(VirtualClock clock) {
    assertThatThrownBy(() -> clock.advance(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("duration is null: pass how much time passes");
    assertThatThrownBy(() -> clock.advance(HOUR.negated()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("go back");
  }

  @Test
  void anEndlessLoopOfTimersFails(VirtualClock clock) {
    clock.schedule(1, new Again(clock));
    assertThatThrownBy(clock::runUntilIdle).hasMessageContaining("does a loop sleep");
  }

  @Test
  void aDurationOfAllTimeEndsAtTheEndOfTime(Context ctx, VirtualClock clock) {
    var limited = ctx.withTimeout(HOUR);
    clock.advance(HOUR);
    clock.advance(Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(limited.isDone()).isTrue();
    assertThat(clock.nanoTime()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aThreadThatWasWokenIsAtRestAgainBeforeTheNextTimerFires(
      boolean virtual, Context ctx, VirtualClock clock) throws Exception {
    List<Duration> wakes = Collections.synchronizedList(new ArrayList<>());
    Callable<?> ticks =
        () -> {
          for (int i = 0; i < 500; i++) {
            ctx.sleep(SECOND);
            wakes.add(Duration.ofNanos(clock.nanoTime()));
          }
          return null;
        };
    Attempt<?> ticking = virtual ? Attempt.start(ticks) : Attempt.startOnPlatformThread(ticks);
    clock.awaitWaiting(1);
    clock.schedule(1, new Every(clock, SECOND.dividedBy(4), 1990));
    clock.advance(SECOND.multipliedBy(500));
    assertThat(wakes)
        .isEqualTo(Stream.iterate(SECOND, wake -> wake.plus(SECOND)).limit(500).toList());
    assertThat(ticking.failure()).isNull();
  }

  @Test
  void threadsThatTheEndOfAContextWakesAreAtRestBeforeTimeMovesOn(Context ctx, VirtualClock clock)
      throws Exception {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    var limited = ctx.withTimeout(SECOND);
    Attempt<?> waiting =
        Attempt.startOnPlatformThread(
            () -> {
              limited.awaitDone();
              seen.add("ended at " + clock.instant());
              return null;
            });
    clock.awaitWaiting(1);
    clock.schedule(SECOND.plusNanos(1).toNanos(), () -> seen.add("a nanosecond later"));
    clock.advance(HOUR);
    assertThat(seen).containsExactly("ended at 1970-01-01T00:00:01Z", "a nanosecond later");
    assertThat(waiting.failure()).isNull();
  }

  @Test
  void forksOfAGroupAndItsDeadlineFollowTheClock(Context ctx, VirtualClock clock) throws Exception {
    List<String> turns = Collections.synchronizedList(new ArrayList<>());
    Attempt<?> owner =
        Attempt.start(
            () -> {
              ctx.sleep(SECOND); // from here on the clock knows the owner, and so its forks
              try (var limited = ctx.withTimeout(SECOND.multipliedBy(3));
                  var group = TaskGroup.<String>open(limited)) {
                for (String name : List.of("a", "b")) {
                  group.fork(
                      name,
                      c -> {
                        while (true) {
                          c.sleep(SECOND.multipliedBy(2));
                          turns.add(name + clock.instant().getEpochSecond());
                        }
                      });
                }
                return group.join();
              }
            });
    clock.awaitWaiting(1);
    clock.advance(HOUR);
    assertThat(owner.thrown(DeadlineExceededException.class).ending().at())
        .isEqualTo("1970-01-01T00:00:04Z");
    assertThat(turns).containsExactlyInAnyOrder("a3", "b3");
  }

  @Test
  void aHedgeFollowsTheClock(Context ctx, VirtualClock clock) throws Exception {
    List<Long> begun = Collections.synchronizedList(new ArrayList<>());
    Attempt<?> call =
        Attempt.start(
            () ->
                Hedge.after(SECOND.multipliedBy(2))
                    .attempts(3)
                    .call(
                        ctx,
                        c -> {
                          begun.add(clock.instant().getEpochSecond());
                          c.sleep(SECOND.multipliedBy(5));
                          return "";
                        }));
    clock.awaitWaiting(4); // the caller, the first attempt, and two that are not due
    clock.advance(SECOND.multipliedBy(5));
    assertThat(call.failure()).isNull();
    assertThat(begun).containsExactly(0L, 2L, 4L);
  }

  @Test
  void thePatienceOfACancellerFollowsTheClock(Context ctx, VirtualClock clock) throws Exception {
    var asked = new CountDownLatch(1);
    var abandoned = new CountDownLatch(1);
    var deaf =
        new Canceller() {
          @Override
          public void cancel(int attempt) {
            asked.countDown();
          }

          @Override
          public void abandoned() {
            abandoned.countDown();
          }
        };
    var limited = ctx.withTimeout(SECOND);
    Attempt<?> call =
        Attempt.start(
            () -> {
              limited.run(deaf, c -> abandoned.await());
              return null;
            });
    call.awaitBlocked();
    clock.advance(SECOND);
    asked.await();
    clock.advance(deaf.patience().minusNanos(1));
    assertThat(call.isRunning()).isTrue();
    assertThat(abandoned.getCount()).isOne();
    clock.advance(Duration.ofNanos(1));
    assertThat(call.failure()).isNull();
  }

  @Test
  void aThreadThatReadsFromASocketIsAtRest(Context ctx, VirtualClock clock) throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var socket = new Socket(server.getInetAddress(), server.getLocalPort());
        var accepted = server.accept()) {
      Attempt<?> reader =
          Attempt.startOnPlatformThread(
              () -> {
                ctx.sleep(SECOND);
                return socket.getInputStream().read();
              });
      clock.awaitWaiting(1);
      clock.advance(HOUR);
      assertThat(clock.instant()).isEqualTo("1970-01-01T01:00:00Z");
      accepted.getOutputStream().write(1);
      assertThat(reader.failure()).isNull();
    }
  }

  @Test
  void anAwaitOfThreadsThatDoNotComeSaysWhatTheOthersDo() throws Exception {
    var clock = new VirtualClock(Duration.ofMillis(1));
    try (var root = Roots.open("root", clock, false)) {
      Attempt<?> sleeper =
          Attempt.start(
              () -> {
                root.sleep(SECOND);
                return null;
              });
      while (clock.pendingTimers() == 0) {
        Thread.onSpinWait();
      }
      assertThatThrownBy(() -> clock.awaitWaiting(2))
          .isInstanceOf(AssertionError.class)
          .hasMessageStartingWith(
              "awaitWaiting(2): after PT0.001S the threads that wait on the clock are 1; those it knows:")
          .hasMessageContaining("thread still running: ")
          .hasMessageContaining("AbstractContext.sleep(");
      root.cancel();
      sleeper.thrown(ContextCancelledException.class);
    }
  }

  @Test
  void aTimerThatAnUnknownThreadSetsIsAwaited(Context ctx, VirtualClock clock) throws Exception {
    Attempt<Boolean> limiting =
        Attempt.start(
            () -> {
              try (var limited = ctx.withTimeout(HOUR)) {
                limited.awaitDone();
                return limited.isDone();
              }
            });
    clock.awaitTimers(1);
    clock.advance(HOUR);
    assertThat(limiting.result()).isTrue();
  }

  @Test
  void anAwaitOfTimersThatAreNotSetSaysSo() {
    var clock = new VirtualClock(Duration.ofMillis(1));
    assertThatThrownBy(() -> clock.awaitTimers(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "awaitTimers(1): after PT0.001S the timers that are set are 0; the threads it knows:");
  }

  @Test
  void timeCannotPassWhileAThreadRuns() throws Exception {
    var clock = new VirtualClock(Duration.ofMillis(1));
    var go = new AtomicBoolean();
    clock.start(
        "busy",
        () -> {
          while (!go.get()) {
            Thread.onSpinWait();
          }
        });
    assertThatThrownBy(() -> clock.advance(SECOND))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("time cannot pass: a thread of this clock does not come to rest")
        .hasMessageContaining("busy (virtual)");
    assertThat(clock.nanoTime()).isZero();
    go.set(true);
    for (Thread thread : clock.liveThreads()) {
      thread.join();
    }
  }

  @Test
  void aThreadThatIsNeverStartedIsAtRest(VirtualClock clock) {
    clock.starting(Thread.ofVirtual().unstarted(() -> {}));
    clock.advance(HOUR);
    assertThat(clock.instant()).isEqualTo("1970-01-01T01:00:00Z");
  }

  @Nested
  class TakenBeforeEach {
    private VirtualClock taken;

    @BeforeEach
    void take(VirtualClock clock) {
      taken = clock;
    }

    @Test
    void theRootOfTheTestFollowsTheClock(Context ctx) {
      try (var limited = ctx.withTimeout(HOUR)) {
        taken.advance(HOUR);
        assertThat(limited.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      }
    }
  }

  private record Again(VirtualClock clock) implements Runnable {
    @Override
    public void run() {
      clock.schedule(clock.nanoTime() + 1, this);
    }
  }

  /** A timer that sets itself again, so many times. */
  private record Every(VirtualClock clock, Duration pause, int left) implements Runnable {
    @Override
    public void run() {
      if (left > 0) {
        clock.schedule(clock.nanoTime() + pause.toNanos(), new Every(clock, pause, left - 1));
      }
    }
  }
}
