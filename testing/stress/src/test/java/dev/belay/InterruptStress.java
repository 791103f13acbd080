package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R22: ends and foreign interrupts at random moments, on platform and on virtual threads. */
class InterruptStress {
  private static final int TURNS = Integer.getInteger("belay.stress.turns", 10_000);

  /** A lost signal shows as a wait that nobody ends; this bounds it. */
  private static final long LOST_SECONDS = 30;

  static Stream<ThreadFactory> threads() {
    return Stream.of(
        Thread.ofPlatform().name("platform").daemon().factory(),
        Thread.ofVirtual().name("virtual").factory());
  }

  /** What is sent in a turn, in this order. */
  private enum Signals {
    NONE(false, false),
    END(true, false),
    FOREIGN(false, true),
    FOREIGN_THEN_END(true, true);

    private final boolean end;
    private final boolean foreign;

    Signals(boolean end, boolean foreign) {
      this.end = end;
      this.foreign = foreign;
    }
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R22: no stray interrupt, no foreign one eaten, no end missed")
  void noStrayNoEatenNoMissed(ThreadFactory threads) throws Exception {
    long seed = System.nanoTime();
    var race = new FutureTask<>(() -> new Race(seed).run());
    threads.newThread(race).start();
    assertThat(race.get())
        .as("seed %d", seed)
        .startsWith("strays 0, eaten 0, missed 0")
        .doesNotContain(" 0 ended", " 0 interrupted", " 0 returned");
  }

  /** The turns of one thread. */
  private static final class Race {
    private final SplittableRandom random;
    private final Signals[] all = Signals.values();
    private int strays;
    private int eaten;
    private int missed;
    private int ended;
    private int interrupted;
    private int returned;

    Race(long seed) {
      random = new SplittableRandom(seed);
    }

    String run() throws InterruptedException {
      for (int turn = 0; turn < TURNS; turn++) {
        turn(all[random.nextInt(all.length)]);
      }
      return "strays %d, eaten %d, missed %d; %d ended, %d interrupted, %d returned"
          .formatted(strays, eaten, missed, ended, interrupted, returned);
    }

    private void turn(Signals signals) throws InterruptedException {
      CancellableContext ctx = Context.background().withCancel();
      Thread self = Thread.currentThread();
      int delay = random.nextInt(400);
      int work = random.nextInt(random.nextBoolean() ? 400 : 4_000);
      boolean waits = signals != Signals.NONE && random.nextBoolean();
      // Then the cancel is on its way, and meets the return.
      boolean returnsWithTheEnd = signals.end && random.nextBoolean();
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    spin(delay);
                    if (signals.foreign) {
                      self.interrupt();
                    }
                    if (signals.end) {
                      ctx.cancel();
                    }
                  });
      boolean told = false;
      try {
        ctx.runInterruptibly(
            c -> {
              while (returnsWithTheEnd && !c.isDone()) {
                Thread.onSpinWait();
              }
              spin(work);
              if (waits && !new CountDownLatch(1).await(LOST_SECONDS, TimeUnit.SECONDS)) {
                missed++;
              }
            });
        returned++;
        if (waits) {
          missed++;
        }
      } catch (ContextCancelledException e) {
        ended++;
      } catch (InterruptedException e) {
        interrupted++;
        told = true;
      }
      settle(sender, signals, told);
    }

    /** Looks at the flag when all is over; a foreign interrupt may come after the return. */
    private void settle(Thread sender, Signals signals, boolean told) {
      boolean flag = Thread.interrupted();
      while (sender.isAlive()) {
        Thread.onSpinWait();
        Thread.yield();
      }
      flag |= Thread.interrupted();
      if (flag && !signals.foreign) {
        strays++;
      }
      if (!flag && !told && signals.foreign) {
        eaten++;
      }
    }

    private static void spin(int turns) {
      for (int i = 0; i < turns; i++) {
        Thread.onSpinWait();
      }
    }
  }
}
