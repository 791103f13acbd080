package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;
import org.junit.jupiter.api.Test;

/** Only a client that is waited for can be too late. */
class ClientLimitTest {
  private final Timers timers = new Timers();
  private final CountDownLatch passed = new CountDownLatch(1);
  private final ClientLimit limit = new ClientLimit(timers, Duration.ofNanos(1), passed::countDown);

  /** Timers that go off when the test says so. */
  private static final class Timers extends AbstractLifeCycle implements Scheduler {
    final Deque<Runnable> set = new ArrayDeque<>();

    @Override
    public Task schedule(Runnable task, long delay, TimeUnit unit) {
      set.add(task);
      return () -> set.remove(task);
    }
  }

  @Test
  void aClientThatIsWaitedForIsTooLateWhenTheTimeHasPassed() throws Exception {
    limit.waitFor(new ClientLimit.Wait());
    timers.set.remove().run();
    passed.await();
  }

  @Test
  void theTimeOfTheHandlerIsNotTheClients() throws Exception {
    var wait = new ClientLimit.Wait();
    limit.waitFor(wait);
    limit.over(wait);
    timers.set.remove().run();
    assertThat(passed.getCount()).isOne();
    limit.waitFor(new ClientLimit.Wait());
    timers.set.remove().run();
    passed.await();
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
