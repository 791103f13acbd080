package dev.belay.http.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Only a client that is waited for can be too late. */
class ClientLimitTest {
  private static final long SECOND = 1_000_000_000;
  private static final long GRACE = SECOND / 10;

  private final Timers timers = new Timers();
  private final AtomicInteger passed = new AtomicInteger();
  private final ClientLimit limit =
      new ClientLimit(timers, Duration.ofSeconds(1), passed::incrementAndGet);

  /** Time that the test sets, with timers that go off when it says so. */
  private static final class Timers implements TimeSource {
    private record Set(long at, Runnable task) {}

    final Deque<Set> set = new ArrayDeque<>();
    long now;

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }

    @Override
    public Timer schedule(long nanos, Runnable task) {
      var timer = new Set(nanos, task);
      set.add(timer);
      return () -> set.remove(timer);
    }

    @Override
    public void park(Object blocker, long nanos) {
      throw new UnsupportedOperationException("nothing waits");
    }

    void advance(long nanos) {
      now += nanos;
      while (!set.isEmpty() && set.element().at <= now) {
        set.remove().task.run();
      }
    }

    /** Goes to when the next timer is due. */
    void fire() {
      Set due = set.remove();
      now = due.at;
      due.task.run();
    }
  }

  @Test
  void aClientThatIsWaitedForIsTooLateWhenTheTimeHasPassed() {
    limit.waitFor(new ClientLimit.Wait());
    timers.fire();
    assertThat(passed).hasValue(1);
    assertThat(timers.now).isEqualTo(SECOND + GRACE);
    assertThat(timers.set).isEmpty();
  }

  @Test
  void theTimeOfTheHandlerIsNotTheClients() {
    var wait = new ClientLimit.Wait();
    limit.waitFor(wait);
    limit.over(wait);
    timers.fire();
    assertThat(passed).hasValue(0);
    limit.waitFor(new ClientLimit.Wait());
    timers.fire();
    assertThat(passed).hasValue(1);
  }

  /** Waits so often, for so long each time, and lets the timers go off that are due. */
  private void waitOften(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      var wait = new ClientLimit.Wait();
      limit.waitFor(wait);
      timers.advance(nanos);
      limit.over(wait);
    }
  }

  @Test
  void aClientThatTakesEachPartAtOnceIsNeverTooLate() {
    limit.begin();
    timers.advance(SECOND);
    for (int i = 0; i < 100; i++) {
      waitOften(20, 20_000);
      waitOften(1, 20_000_000); // the machine is busy
    }
    assertThat(passed).hasValue(0);
  }

  @Test
  void aClientThatDripsIsTooLate() {
    limit.begin();
    timers.advance(SECOND);
    waitOften(10, 10_000_000);
    assertThat(passed).hasValue(0);
    waitOften(10, 10_000_000);
    assertThat(passed).hasValue(1);
  }

  @Test
  void aWaitThatIsOverAtOnceNeedsNoTimer() {
    var wait = new ClientLimit.Wait();
    limit.over(wait);
    limit.waitFor(wait);
    assertThat(timers.set).isEmpty();
  }

  @Test
  void severalWaitsShareATimer() {
    for (int i = 0; i < 3; i++) {
      var wait = new ClientLimit.Wait();
      limit.waitFor(wait);
      limit.over(wait);
    }
    assertThat(timers.set).hasSize(1);
  }

  @Test
  void aPhaseThatIsOverLeavesNoTimer() {
    limit.waitFor(new ClientLimit.Wait());
    limit.end();
    assertThat(timers.set).isEmpty();
    limit.waitFor(new ClientLimit.Wait());
    assertThat(timers.set).isEmpty();
  }
}
