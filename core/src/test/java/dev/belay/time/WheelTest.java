package dev.belay.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TimeSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WheelTest {
  /** Equal to itself alone: ids differ. */
  private record Task(int id) implements Runnable {
    @Override
    public void run() {}
  }

  private final Wheel wheel = new Wheel();
  private final List<Runnable> due = new ArrayList<>();

  private static boolean advanced(Wheel wheel, long tick, List<Runnable> into) {
    var some = new Due();
    boolean all = wheel.advance(tick, some);
    some.giveTo(into::add);
    return all;
  }

  private List<Runnable> advance(long tick) {
    due.clear();
    while (!advanced(wheel, tick, due)) {}
    return due;
  }

  @Test
  @DisplayName("R12: a timer is never given out early, and at its tick it is")
  void aTimerIsDueAtItsTick() {
    for (long tick : new long[] {1, 255, 256, 257, 65_535, 65_536, 70_000, 1L << 24, 1L << 33}) {
      var fresh = new Wheel();
      Runnable task = () -> {};
      fresh.set(tick, task);
      assertThat(fresh.isEmpty()).isFalse();
      var early = new ArrayList<Runnable>();
      while (!advanced(fresh, tick - 1, early)) {}
      assertThat(early).isEmpty();
      assertThat(fresh.next()).isLessThanOrEqualTo(tick);
      while (!advanced(fresh, tick, early)) {}
      assertThat(early).containsExactly(task);
      assertThat(fresh.isEmpty()).isTrue();
      assertThat(fresh.next()).isEqualTo(Wheel.NEVER);
    }
  }

  @Test
  @DisplayName("R13: a timer that was cancelled is gone")
  void aCancelledTimerIsGone() {
    TimeSource.Timer timer = wheel.set(300, () -> {});
    timer.cancel();
    timer.cancel();
    assertThat(wheel.isEmpty()).isTrue();
    assertThat(advance(1_000)).isEmpty();
  }

  @Test
  void aTimerInThePastIsDueAtTheNextTick() {
    advance(1_000);
    wheel.set(3, () -> {});
    assertThat(advance(1_000)).isEmpty();
    assertThat(advance(1_001)).hasSize(1);
  }

  @Test
  void thousandsOfOneTickAreGivenOutInPieces() {
    for (int i = 0; i < 1_000; i++) {
      wheel.set(70_000, () -> {});
    }
    assertThat(advance(69_999)).isEmpty();
    assertThat(advanced(wheel, 70_000, due)).isFalse();
    assertThat(due).hasSizeLessThan(1_000);
    while (!advanced(wheel, 70_000, due)) {}
    assertThat(due).hasSize(1_000);
  }

  /** Against a sorted map, which cannot be wrong. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithASortedMap(long seed) {
    var random = new Random(seed);
    var model = new TreeMap<Long, List<Runnable>>();
    var timers = new ArrayList<TimeSource.Timer>();
    var tasks = new ArrayList<Runnable>();
    var ticks = new ArrayList<Long>();
    long now = 0;
    for (int turn = 0; turn < 3_000; turn++) {
      int choice = random.nextInt(10);
      if (choice < 6) {
        long tick = now + 1 + (long) Math.pow(2, random.nextDouble() * 34);
        Runnable runnable = new Task(turn);
        timers.add(wheel.set(tick, runnable));
        tasks.add(runnable);
        ticks.add(tick);
        model.computeIfAbsent(tick, t -> new ArrayList<>()).add(runnable);
      } else if (choice < 8 && !timers.isEmpty()) {
        int i = random.nextInt(timers.size());
        timers.get(i).cancel();
        List<Runnable> same = model.get(ticks.get(i));
        if (same != null) {
          same.remove(tasks.get(i));
        }
      } else {
        now += (long) Math.pow(2, random.nextDouble() * 30);
        Set<Runnable> expected = new HashSet<>();
        model.headMap(now, true).values().forEach(expected::addAll);
        model.headMap(now, true).clear();
        assertThat(new HashSet<>(advance(now))).isEqualTo(expected);
      }
    }
    now = 1L << 40;
    Set<Runnable> expected = new HashSet<>();
    model.values().forEach(expected::addAll);
    assertThat(new HashSet<>(advance(now))).isEqualTo(expected);
    assertThat(wheel.isEmpty()).isTrue();
  }

  static Stream<Consumer<Wheel>> uses() {
    return Stream.of(
        wheel -> wheel.set(1, () -> {}),
        Wheel::isEmpty,
        Wheel::next,
        wheel -> wheel.advance(1, new Due()),
        Wheel::lock);
  }

  @ParameterizedTest
  @MethodSource("uses")
  @DisplayName("R28: no thread touches a wheel while another holds its lock")
  void nobodyTouchesALockedWheel(Consumer<Wheel> use) throws Exception {
    waitsForTheLock(() -> use.accept(wheel));
  }

  @Test
  @DisplayName("R28: no thread cancels a timer while another holds the wheel's lock")
  void nobodyCancelsInALockedWheel() throws Exception {
    TimeSource.Timer timer = wheel.set(1, () -> {});
    waitsForTheLock(timer::cancel);
  }

  private void waitsForTheLock(Runnable use) throws InterruptedException {
    wheel.lock();
    Thread user = Thread.ofPlatform().start(use);
    while (user.getState() != Thread.State.TIMED_WAITING) {
      assertThat(user.isAlive()).as("did not wait for the lock").isTrue();
      Thread.onSpinWait();
    }
    wheel.unlock();
    user.join();
  }

  @Test
  @DisplayName("the lock is let go after a hundred-odd timers")
  void aChunkIsBounded() {
    for (int i = 0; i < 100; i++) {
      wheel.set(70_000, () -> {});
      wheel.set(70_001, () -> {});
    }
    int given = 0;
    int pieces = 0;
    for (boolean all = false; !all; pieces++) {
      due.clear();
      all = advanced(wheel, 70_001, due);
      assertThat(due).hasSizeLessThanOrEqualTo(128);
      given += due.size();
    }
    assertThat(given).isEqualTo(200);
    // Each timer is moved from the third level to the second, to the first, and out.
    assertThat(pieces).isEqualTo(3 * 200 / 128 + 1);
  }
}
