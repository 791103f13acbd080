package dev.belay.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TimeSource;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The machine's clock. */
class SystemTimeTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final TimeSource time = TimeSource.system();

  @Test
  @DisplayName("R12: the clock counts up from the time that this process has begun at the earliest")
  void theClockCountsFromTheBeginning() {
    long first = time.nanoTime();
    long second = time.nanoTime();
    Instant began = ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH);
    // The start is known to the hundredth of a second.
    Duration most = Duration.between(began, time.instant()).plusSeconds(1);
    assertThat(first).isBetween(0L, second);
    assertThat(second).isLessThan(most.toNanos());
  }

  @Test
  @DisplayName("R12: the coarse clock follows the exact one and is never ahead")
  void theCoarseClockFollows() {
    long exact = time.nanoTime();
    while (time.coarseNanoTime() < exact) {
      Thread.onSpinWait();
    }
    long coarse = time.coarseNanoTime();
    assertThat(coarse).isLessThanOrEqualTo(time.nanoTime());
  }

  @Test
  @DisplayName("a thread is parked until a moment, or until it is unparked")
  void parking() throws Exception {
    time.park(this, time.nanoTime() + 1_000_000);
    Thread parked = Thread.ofPlatform().start(() -> time.park(this, Long.MAX_VALUE));
    while (parked.getState() != Thread.State.WAITING) {
      assertThat(parked.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    LockSupport.unpark(parked);
    parked.join();
  }

  @Test
  @DisplayName("an alarm unparks a virtual thread that waits for long, and no other")
  void anAlarmUnparks() throws Exception {
    assertThat(time.alarm(time.nanoTime() + HOUR)).isNull(); // a platform thread
    var waiting =
        new FutureTask<TimeSource.@Nullable Timer>(
            () -> {
              assertThat(time.alarm(time.nanoTime())).isNull(); // not for long
              TimeSource.Timer alarm = time.alarm(time.nanoTime() + 50_000_000);
              time.park(this, Long.MAX_VALUE);
              return alarm;
            });
    Thread.startVirtualThread(waiting);
    assertThat(waiting.get()).isNotNull();
  }

  @Test
  @DisplayName("R13: a cancelled alarm holds on to nothing")
  void aCancelledAlarmHoldsOnToNothing() throws Exception {
    WeakReference<Thread> ended = alarmed();
    while (!ended.refersTo(null)) {
      assertThat(Thread.interrupted()).as("interrupted by JUnit's time-out").isFalse();
      System.gc();
    }
  }

  private WeakReference<Thread> alarmed() throws Exception {
    var set = new FutureTask<TimeSource.@Nullable Timer>(() -> time.alarm(time.nanoTime() + HOUR));
    Thread thread = Thread.startVirtualThread(set);
    TimeSource.Timer alarm = set.get();
    assertThat(alarm).isNotNull();
    alarm.cancel();
    thread.join();
    return new WeakReference<>(thread);
  }

  @Test
  @DisplayName("R12: a time source without a coarse clock of its own gives the exact one")
  void theCoarseClockOfOthersIsExact() {
    assertThat(new Stopped(42).coarseNanoTime()).isEqualTo(42);
  }

  private record Stopped(long nanoTime) implements TimeSource {
    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }

    @Override
    public Timer schedule(long nanos, Runnable task) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void park(Object blocker, long nanos) {
      throw new UnsupportedOperationException();
    }
  }
}
