package dev.belay.testkit;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The threads of a {@link VirtualClock}: those that were started for work under its contexts, and
 * those that have waited on it. It knows when all of them are at rest.
 */
final class ClockThreads {
  private static final long PAUSE_NANOS = 20_000;

  private final Map<Thread, Waits> threads = new ConcurrentHashMap<>();
  private final Duration patience;

  /**
   * No threads yet.
   *
   * @param patience how long to wait for them in real time
   */
  ClockThreads(Duration patience) {
    this.patience = patience;
  }

  /** The waits of one thread, which alone writes it. */
  private static final class Waits {
    /** How often it has begun or ended to wait. */
    private volatile long turns;

    /** What it waits for, as far as it says; null while it does not wait. */
    private volatile @Nullable Object blocker;
  }

  /** A thread is about to be started. */
  void starting(Thread thread) {
    waitsOf(thread);
  }

  /** Has the calling thread wait by {@code park}. */
  void park(Object blocker, Runnable park) {
    Waits waits = waitsOf(Thread.currentThread());
    begin(waits, blocker);
    try {
      park.run();
    } finally {
      begin(waits, null);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only the thread that waits writes it
  private static void begin(Waits waits, @Nullable Object blocker) {
    waits.blocker = blocker;
    waits.turns = waits.turns + 1;
  }

  private Waits waitsOf(Thread thread) {
    return threads.computeIfAbsent(thread, unused -> new Waits());
  }

  /** Those that were started and have not ended. */
  Set<Thread> live() {
    return threads.keySet().stream().filter(Thread::isAlive).collect(Collectors.toSet());
  }

  /** How many wait on the clock now. */
  int waiting() {
    return (int) threads.entrySet().stream().filter(ClockThreads::waits).count();
  }

  private static boolean waits(Map.Entry<Thread, Waits> each) {
    return each.getValue().blocker != null && !Rest.isBusy(each.getKey());
  }

  /**
   * Waits until {@code count} of them wait on the clock, and all are at rest.
   *
   * @throws AssertionError if they do not within the patience; it says where they are
   */
  void awaitWaiting(int count) {
    await(
        count,
        this::waiting,
        "awaitWaiting(%d): after %s the threads that wait on the clock are %d; those it knows:%s");
  }

  /**
   * Waits until {@code count} timers are set, and all threads are at rest.
   *
   * @param timers says how many are set
   * @throws AssertionError if they are not within the patience; it says where the threads are
   */
  void awaitTimers(int count, IntSupplier timers) {
    await(
        count,
        timers,
        "awaitTimers(%d): after %s the timers that are set are %d; the threads it knows:%s");
  }

  private void await(int count, IntSupplier found, String complaint) {
    long end = System.nanoTime() + patience.toNanos();
    awaitRest();
    while (found.getAsInt() < count) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            complaint.formatted(count, patience, found.getAsInt(), described()));
      }
      LockSupport.parkNanos(this, PAUSE_NANOS);
      awaitRest();
    }
  }

  private String described() {
    return live().stream()
        .map(Threads::describe)
        .collect(Collectors.joining(System.lineSeparator(), System.lineSeparator(), ""));
  }

  /**
   * Waits until every thread is parked, blocked, in a native method such as a read, or has ended,
   * and whatever had woken one has been acted upon.
   *
   * @throws AssertionError if one does not within the patience; it says where it is
   */
  void awaitRest() {
    var rest =
        new Rest(
            System.nanoTime() + patience.toNanos(),
            "time cannot pass: a thread of this clock does not come to rest within " + patience);
    boolean moved = true;
    while (moved) {
      moved = false;
      for (Thread thread : threads.keySet()) {
        moved |= rest.await(thread);
      }
      for (Map.Entry<Thread, Waits> each : threads.entrySet()) {
        moved |= !each.getKey().isVirtual() && hadBeenWoken(each.getKey(), each.getValue(), rest);
      }
      threads.keySet().removeIf(ClockThreads::hasEnded);
    }
  }

  /**
   * Finds whether a platform thread that waits was woken: it looks parked until it has a processor.
   * So it is unparked once more, which it must bear, and has looked again when it parks again.
   */
  @SuppressWarnings("ReferenceEquality") // the same wait, not an equal one
  private boolean hadBeenWoken(Thread thread, Waits waits, Rest rest) {
    long before = waits.turns;
    Object blocker = waits.blocker;
    if (blocker == null) { // it has just been, or waits for something else
      return rest.await(thread) || waits.turns != before;
    }
    LockSupport.unpark(thread);
    while (waits.turns == before && !hasEnded(thread)) {
      rest.pause(thread);
    }
    rest.await(thread);
    return waits.blocker != blocker;
  }

  private static boolean hasEnded(Thread thread) {
    return thread.getState() == Thread.State.TERMINATED;
  }
}
