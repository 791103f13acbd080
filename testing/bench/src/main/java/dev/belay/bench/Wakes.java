package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.spi.ForwardingTimeSource;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * From a cancel to the moment at which the virtual thread that waited runs again, and the same for
 * what the JDK has.
 */
final class Wakes {
  static final String UNPARK = "Wakes.unpark";
  static final String INTERRUPT = "Wakes.interruptFromVirtualThread";
  static final String AWAIT_DONE = "Wakes.awaitDone";
  static final String SLEEP = "Wakes.sleep";
  static final String SLEEP_THROWS = "Wakes.sleepThrows";
  static final String THROW = "Wakes.unparkAndThrow";
  static final String CALL = "Wakes.callInterruptibly";
  static final String CALL_THROWS = "Wakes.callInterruptiblyThrows";

  private static final int TURNS = 5_000;
  private static final long SETTLED = 200_000;
  private static final Duration HOUR = Duration.ofHours(1);

  /** What the thread does until it is woken. */
  private interface Wait {
    void block() throws InterruptedException;
  }

  /** The system's time, which notes when a thread that was parked runs again. */
  private static final class Noting extends ForwardingTimeSource {
    private volatile long awake;

    Noting() {
      super(TimeSource.system());
    }

    @Override
    public void park(Object blocker, long nanos) {
      super.park(blocker, nanos);
      awake = System.nanoTime();
    }
  }

  private Wakes() {}

  /**
   * A fork of {@link Turns}.
   *
   * @param args the file
   */
  public static void main(String[] args) throws Exception {
    Map<String, Turns.Turn> kinds = new LinkedHashMap<>();
    kinds.put(UNPARK, Wakes::unpark);
    kinds.put(AWAIT_DONE, () -> cancel(Context::awaitDone));
    kinds.put(SLEEP, Wakes::sleep);
    kinds.put(THROW, Wakes::unparkAndThrow);
    kinds.put(SLEEP_THROWS, () -> cancel(ctx -> ctx.sleep(HOUR)));
    kinds.put(INTERRUPT, Wakes::interrupt);
    kinds.put(CALL, Wakes::call);
    kinds.put(CALL_THROWS, () -> cancel(ctx -> ctx.runInterruptibly(c -> Thread.sleep(HOUR))));
    Turns.take(kinds, TURNS, Path.of(args[0]));
  }

  private interface ContextWait {
    void block(Context ctx) throws InterruptedException;
  }

  private static long cancel(ContextWait wait) throws InterruptedException {
    CancellableContext ctx = Context.background().withCancel();
    return turn(() -> wait.block(ctx), thread -> ctx.cancel());
  }

  /** Until it runs again; that it then makes its exception and throws is not in it. */
  private static long sleep() throws InterruptedException {
    var time = new Noting();
    try (var root = Roots.open("wakes", time, false)) {
      CancellableContext ctx = root.withCancel();
      long begin = begin(() -> ctx.sleep(HOUR), thread -> ctx.cancel());
      return time.awake - begin;
    }
  }

  /** Until the body has its exception; how the call then ends is not in it. */
  private static long call() throws InterruptedException {
    CancellableContext ctx = Context.background().withCancel();
    var awake = new AtomicLong();
    Wait wait =
        () ->
            ctx.runInterruptibly(
                c -> {
                  try {
                    Thread.sleep(HOUR);
                  } finally {
                    awake.set(System.nanoTime());
                  }
                });
    long begin = begin(wait, thread -> ctx.cancel());
    return awake.get() - begin;
  }

  private static long unpark() throws InterruptedException {
    return turn(() -> LockSupport.park(Wakes.class), LockSupport::unpark);
  }

  private static long unparkAndThrow() throws InterruptedException {
    return turn(
        () -> {
          LockSupport.park(Wakes.class);
          throw new InterruptedException("for the sake of comparison");
        },
        LockSupport::unpark);
  }

  private static long interrupt() throws InterruptedException {
    return turn(() -> Thread.sleep(HOUR), thread -> Thread.startVirtualThread(thread::interrupt));
  }

  private interface Waker {
    void wake(Thread thread);
  }

  private static long turn(Wait wait, Waker waker) throws InterruptedException {
    var awake = new AtomicLong();
    Wait noting =
        () -> {
          try {
            wait.block();
          } finally {
            awake.set(System.nanoTime());
          }
        };
    long begin = begin(noting, waker);
    return awake.get() - begin;
  }

  /** Wakes a thread that has waited for a while, and waits for its end; when it was woken. */
  private static long begin(Wait wait, Waker waker) throws InterruptedException {
    var entered = new CountDownLatch(1);
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              entered.countDown();
              try {
                wait.block();
              } catch (InterruptedException | ContextEndedException e) {
                // woken so
              }
            });
    entered.await();
    while (!isWaiting(thread.getState())) {
      Thread.onSpinWait();
    }
    // The carrier still looks for work for a moment; who is quick would be spared waking it up.
    LockSupport.parkNanos(SETTLED);
    long begin = System.nanoTime();
    waker.wake(thread);
    thread.join();
    return begin;
  }

  private static boolean isWaiting(Thread.State state) {
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }
}
