package dev.belay.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The thread that turns the wheels, by a clock that the test turns. */
class TimersTest {
  private static final long HOUR = Duration.ofHours(1).toNanos();
  private static final long TICK = 1L << Timers.TICK_BITS;
  private static final long KEEP_ALIVE = Duration.ofSeconds(10).toNanos();

  private final AtomicLong now = new AtomicLong();
  private final AtomicLong looks = new AtomicLong();
  private final CopyOnWriteArrayList<Thread> threads = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Runnable> due = new LinkedBlockingQueue<>();
  private final Timers timers = new Timers(this::read, due::add);

  private long read() {
    Thread reader = Thread.currentThread();
    if (reader.getName().equals("belay-timer")) {
      threads.addIfAbsent(reader);
      looks.incrementAndGet();
    }
    return now.get();
  }

  @AfterEach
  void theThreadEndsWhenItHasNothingToDo() throws InterruptedException {
    for (Thread thread : threads) {
      while (thread.isAlive()) {
        now.addAndGet(KEEP_ALIVE);
        LockSupport.unpark(thread);
        thread.join(1);
      }
    }
  }

  private Thread thread() {
    while (threads.isEmpty()) {
      Thread.onSpinWait();
    }
    return threads.getLast();
  }

  /** Has the thread look at the clock, and waits until it sleeps again or has ended. */
  private void look() {
    Thread thread = thread();
    long before = looks.get();
    LockSupport.unpark(thread);
    // Once at the beginning of a turn, once at its end: the second turn began after our wake-up.
    while (thread.isAlive() && looks.get() < before + 3) {
      LockSupport.unpark(thread);
    }
    awaitParked(thread);
  }

  private static void awaitParked(Thread thread) {
    while (thread.isAlive() && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  @Test
  @DisplayName("R12: a timer is never early, and at most a tick late")
  void aTimerIsNeverEarly() throws Exception {
    Runnable task = () -> {};
    timers.set(10 * TICK, task);
    now.set(11 * TICK - 1);
    look();
    assertThat(due).isEmpty();
    now.set(11 * TICK);
    look();
    assertThat(due.take()).isSameAs(task);
    timers.set(-1, task); // what is due already
    now.addAndGet(TICK);
    look();
    assertThat(due.take()).isSameAs(task);
  }

  @Test
  @DisplayName("R12: an earlier timer wakes the thread, which sleeps for a later one")
  void anEarlierTimerWakesTheThread() throws Exception {
    Runnable late = () -> {};
    Runnable soon = () -> {};
    timers.set(2 * HOUR, late);
    awaitParked(thread());
    now.set(2 * TICK);
    timers.set(TICK, soon);
    assertThat(due.take()).isSameAs(soon);
    now.set(2 * HOUR + TICK);
    look();
    assertThat(due.take()).isSameAs(late);
  }

  @Test
  @DisplayName("timers of many threads and many at once are all given out")
  void manyTimers() throws Exception {
    for (int i = 0; i < 16; i++) {
      Thread.ofPlatform()
          .start(
              () -> {
                for (int j = 0; j < 100; j++) {
                  timers.set(HOUR, () -> {});
                }
              })
          .join();
    }
    now.set(HOUR + TICK);
    look();
    assertThat(due).hasSize(1_600);
  }

  @Test
  @DisplayName("R12: the coarse clock is never ahead, and moves while it is read")
  void theCoarseClock() {
    now.set(HOUR);
    assertThat(timers.coarseNanoTime()).isEqualTo(HOUR);
    boolean coarse = false;
    boolean moved = false;
    long last = HOUR;
    boolean exactBefore = true;
    while (!coarse || !moved) {
      long exact = now.addAndGet(100);
      long read = timers.coarseNanoTime();
      // It may step back only where it takes over from the exact clock.
      assertThat(read).isBetween(exactBefore ? HOUR : last, exact);
      exactBefore = read == exact;
      coarse |= !exactBefore;
      moved |= coarse && read > last && !exactBefore;
      last = read;
    }
  }

  @Test
  @DisplayName("the coarse clock stands still only when it is exact, however long it is not read")
  void theCoarseClockIsExactAfterAPause() {
    while (timers.coarseNanoTime() == now.get()) {
      now.incrementAndGet();
    }
    // Nobody reads: the thread asks, nobody answers, and it sleeps for long.
    for (int i = 0; i < 100; i++) {
      look();
    }
    now.addAndGet(HOUR);
    assertThat(timers.coarseNanoTime()).isEqualTo(now.get());
  }

  @Test
  @DisplayName("R13: the thread ends when it has had nothing to do for a while, and comes back")
  void theThreadEndsAndComesBack() throws Exception {
    Runnable task = () -> {};
    TimeSource.Timer timer = timers.set(HOUR, task);
    look();
    Thread first = thread();
    now.addAndGet(KEEP_ALIVE);
    look();
    assertThat(first.isAlive()).isTrue(); // a timer is set
    timer.cancel();
    look();
    now.addAndGet(KEEP_ALIVE - 1);
    look();
    assertThat(first.isAlive()).isTrue();
    now.incrementAndGet();
    LockSupport.unpark(first);
    first.join();
    timers.set(HOUR, task);
    now.set(HOUR + TICK);
    while (threads.size() < 2) {
      Thread.onSpinWait();
    }
    look();
    assertThat(due.take()).isSameAs(task);
  }
}
