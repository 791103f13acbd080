package dev.belay.bench;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

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

  /** In {@code forks} JVMs of their own, one after the other. */
  static void measure(Figures figures, int forks) throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    Path file = Files.createTempFile("wakes", ".txt");
    for (int i = 1; i <= forks; i++) {
      System.out.printf("# Wake-ups: %,d turns of each kind, fork %d of %d%n", TURNS, i, forks);
      var fork =
          new ProcessBuilder(
              java,
              "-cp",
              System.getProperty("java.class.path"),
              Wakes.class.getName(),
              file.toString());
      if (fork.inheritIO().start().waitFor() != 0) {
        throw new IOException("a fork has failed; it says why above");
      }
      figures.addAll(file);
    }
    Files.delete(file);
  }

  /**
   * A fork: writes the medians into a file, a name and a figure on each line.
   *
   * @param args the file
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    var figures = new Figures();
    for (int i = 0; i < WARM_UP; i++) {
      turnOfEach(new Figures());
    }
    for (int i = 0; i < TURNS; i++) {
      turnOfEach(figures);
    }
    Files.write(
        Path.of(args[0]),
        Stream.of(UNPARK, INTERRUPT, AWAIT_DONE, SLEEP, CALL)
            .map(kind -> kind + " " + figures.get(kind))
            .toList());
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
