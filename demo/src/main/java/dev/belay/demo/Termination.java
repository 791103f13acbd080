package dev.belay.demo;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns SIGTERM and SIGINT into the end of a context. The program then ends by itself, wherever it
 * is, and with the exit code of its own choice: the JVM's would be 143 or 130, whatever was done.
 */
final class Termination {
  private Termination() {}

  /**
   * Runs {@code program} under a context that a signal ends.
   *
   * @param patience how long the program may take to end after the signal
   * @return its exit code; not returned to after a signal, when the JVM ends with that code
   */
  static int during(Duration patience, ContextCallable<Integer, Exception> program)
      throws Exception {
    var end = new End(patience);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("signal").unstarted(end::await));
    try (CancellableContext ctx = end.ctx) {
      int code = ctx.call(program);
      end.is(code);
      return code;
    } finally {
      end.is(1);
    }
  }

  /** How the program ended. */
  private static final class End {
    final CancellableContext ctx = Context.root("program");
    private final CountDownLatch known = new CountDownLatch(1);
    private final Duration patience;
    private volatile int code;

    End(Duration patience) {
      this.patience = patience;
    }

    synchronized void is(int code) {
      if (known.getCount() > 0) {
        this.code = code;
        known.countDown();
      }
    }

    /** The shutdown hook. */
    void await() {
      if (known.getCount() == 0) {
        return; // no signal: the program has ended by itself
      }
      ctx.cancel();
      try {
        if (!known.await(patience.toSeconds(), TimeUnit.SECONDS)) {
          System.out.println("not ended within " + patience.toSeconds() + " s: given up");
          code = 1;
        }
      } catch (InterruptedException e) {
        code = 1;
      }
      System.out.flush();
      Runtime.getRuntime().halt(code);
    }
  }
}
