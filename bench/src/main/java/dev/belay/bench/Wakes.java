package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * From a cancel to the moment at which the virtual thread that waited runs again, and the same for
 * what the JDK has. One turn of each kind follows the other, so that all meet the same machine.
 */
final class Wakes {
  static final String UNPARK = "Wakes.unpark";
  static final String INTERRUPT = "Wakes.interruptFromVirtualThread";
  static final String AWAIT_DONE = "Wakes.awaitDone";
  static final String SLEEP = "Wakes.sleep";
  static final String CALL = "Wakes.callInterruptibly";

  private static final int WARM_UP = 5_000;
  private static final int TURNS = 5_000;
  private static final long SETTLED = 200_000;
  private static final Duration HOUR = Duration.ofHours(1);

  /** What the thread does until it is woken. */
  private interface Wait {
    void block() throws InterruptedException;
  }

  private Wakes() {}

  static void measure(Figures figures) throws InterruptedException {
    System.out.println("# Wake-ups: " + TURNS + " turns of each kind");
    for (int i = 0; i < WARM_UP; i++) {
      turnOfEach(new Figures());
    }
    for (int i = 0; i < TURNS; i++) {
      turnOfEach(figures);
    }
  }

  private static void turnOfEach(Figures figures) throws InterruptedException {
    figures.add(UNPARK, unpark());
    figures.add(AWAIT_DONE, cancel(Context::awaitDone));
    figures.add(SLEEP, cancel(ctx -> ctx.sleep(HOUR)));
    figures.add(INTERRUPT, interrupt());
    figures.add(CALL, cancel(ctx -> ctx.runInterruptibly(c -> Thread.sleep(HOUR))));
  }

  private interface ContextWait {
    void block(Context ctx) throws InterruptedException;
  }

  private static long cancel(ContextWait wait) throws InterruptedException {
    CancellableContext ctx = Context.background().withCancel();
    return turn(() -> wait.block(ctx), thread -> ctx.cancel());
  }

  private static long unpark() throws InterruptedException {
    return turn(() -> LockSupport.park(Wakes.class), LockSupport::unpark);
  }

  private static long interrupt() throws InterruptedException {
    return turn(() -> Thread.sleep(HOUR), thread -> Thread.startVirtualThread(thread::interrupt));
  }

  private interface Waker {
    void wake(Thread thread);
  }

  private static long turn(Wait wait, Waker waker) throws InterruptedException {
    var awake = new AtomicLong();
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
              awake.set(System.nanoTime());
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
    return awake.get() - begin;
  }

  private static boolean isWaiting(Thread.State state) {
    return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
  }
}
