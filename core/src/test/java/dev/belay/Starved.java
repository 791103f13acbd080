package dev.belay;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A program that exhausts its heap, or its stack, in the middle of Belay's work, and then asks
 * whether deadlines still pass and every context can still be used. Run by {@link StarvedTest} in a
 * JVM of its own: {@code Starved heap|stack ROUNDS}.
 */
public final class Starved {
  /** How long the main thread may take from one step to the next. */
  private static final long PATIENCE_SECONDS = 20;

  private static final int KEPT = 1_000;
  private static final Canceller IDLE = attempt -> {};
  private static final Semaphore STEPS = new Semaphore(0);

  private Starved() {}

  /** Prints rounds, errors met, and contexts that hang; exits with 1 if there is one. */
  public static void main(String[] args) throws InterruptedException {
    Thread main = Thread.currentThread();
    Thread.ofPlatform().daemon().start(() -> watch(main));
    warmUp();
    int rounds = Integer.parseInt(args[1]);
    long errors = args[0].equals("heap") ? exhaustHeap(rounds) : exhaustStack(rounds);
    System.out.println(report(rounds, errors));
    System.exit(0);
  }

  private static String report(int rounds, long errors) {
    return String.format("%d rounds, %d errors, 0 stuck", rounds, errors);
  }

  /** Ends the program when {@code main} waits for a lock or an end that never comes. */
  private static void watch(Thread main) {
    try {
      boolean goesOn = true;
      while (goesOn) {
        goesOn = STEPS.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    System.out.println("stuck:");
    for (StackTraceElement frame : main.getStackTrace()) {
      System.out.println("    at " + frame);
    }
    Runtime.getRuntime().halt(1);
  }

  /** Initializes classes: one whose initializer met an error can never be used in that JVM. */
  private static void warmUp() throws InterruptedException {
    try (CancellableContext root = Context.root("warm-up")) {
      for (int i = 0; i < 2_000; i++) {
        use(root);
      }
      mustEnd(use(root));
      root.cancel(new IllegalStateException("warm"));
      System.out.println(root.ending());
      if (report(0, 0).isEmpty()) { // what it formats with has classes of its own
        throw new AssertionError("nothing to report");
      }
    }
  }

  // ---- heap

  /** Uses contexts while another thread exhausts the heap {@code rounds} times. */
  private static long exhaustHeap(int rounds) throws InterruptedException {
    var errors = new AtomicLong();
    Thread eater = Thread.ofPlatform().daemon().start(() -> eat(rounds, errors));
    Context root = Context.root("starved");
    var kept = new ArrayDeque<Context>();
    while (eater.isAlive()) {
      try {
        if (kept.size() > KEPT) {
          mustEnd(kept.remove());
        }
        kept.add(use(root));
      } catch (OutOfMemoryError e) {
        errors.incrementAndGet();
      }
    }
    for (Context ctx : kept) {
      mustEnd(ctx);
    }
    mustEnd(root.withTimeout(Duration.ofMillis(1)));
    return errors.get();
  }

  /**
   * Fills the heap with arrays until it is exhausted, lets go, and again: also until that was felt
   * elsewhere, which is luck.
   */
  private static void eat(int rounds, AtomicLong errors) {
    byte[] most = new byte[(int) (Runtime.getRuntime().maxMemory() / 2)];
    for (int i = 0; i < rounds || (errors.get() == 0 && i < 10 * rounds); i++) {
      Object[] filled = fill(fill(null, 1 << 14), 2);
      filled[0] = null;
      most[i] = 1;
    }
  }

  /** A chain of arrays behind {@code chain}, each of {@code size}, as long as there is memory. */
  private static Object[] fill(Object[] chain, int size) {
    Object[] last = chain;
    try {
      while (true) {
        Object[] next = new Object[size];
        next[0] = last;
        last = next;
      }
    } catch (OutOfMemoryError e) {
      return last;
    }
  }

  /** A context that its deadline ends soon, with all that hangs on one. */
  private static Context use(Context root) {
    CancellableContext ctx = root.withTimeout(Duration.ofMillis(1));
    CancellableContext child = ctx.withName("child").withCancel();
    child.onDone(() -> {});
    try {
      child.run(IDLE, c -> {});
    } catch (ContextEndedException e) {
      // The deadline came first.
    }
    ctx.withTimeout(Duration.ofMillis(500)).cancel();
    return child;
  }

  // ---- stack

  private static long exhaustStack(int rounds) throws InterruptedException {
    long errors = 0;
    for (int i = 0; i < rounds; i++) {
      CancellableContext root = Context.root("starved");
      var deep = new Deep(root, i % 97);
      Thread thread = new Thread(null, deep, "deep");
      thread.start();
      thread.join();
      errors += deep.errors;
      var child = root.withCancel();
      child.onDone(() -> {});
      root.cancel();
      root.close();
      mustEnd(child);
    }
    mustEnd(Context.root("after").withTimeout(Duration.ofMillis(1)));
    return errors;
  }

  /** Uses a context at the end of the stack, at each of the last depths. */
  private static final class Deep implements Runnable {
    private static final int LAST_FRAMES = 100;

    private final CancellableContext root;
    private final int offset;
    private int frames;
    long errors;

    Deep(CancellableContext root, int offset) {
      this.root = root;
      this.offset = offset;
    }

    @Override
    public void run() {
      try {
        descend();
      } catch (StackOverflowError e) {
        errors++;
      }
    }

    @SuppressWarnings("InfiniteRecursion") // the end of the stack is what is wanted
    private void descend() {
      try {
        descend();
      } catch (StackOverflowError e) {
        errors++;
        if (frames++ < LAST_FRAMES && frames % 3 == offset % 3) {
          use(root);
        }
        throw e;
      }
    }
  }

  private static void mustEnd(Context ctx) throws InterruptedException {
    ctx.awaitDone();
    STEPS.release();
  }
}
