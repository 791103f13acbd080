package dev.belay.lifecycle;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCallable;
import dev.belay.kernel.Require;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Turns SIGTERM and SIGINT into the end of a context. The program then ends by itself, wherever it
 * is, and with an exit code of its own choice: the JVM's would be 143 or 130, whatever was done.
 *
 * <pre>{@code
 * public static void main(String[] arguments) {
 *   System.exit(Program.run(Duration.ofMinutes(1), MyProgram::run));
 * }
 * }</pre>
 *
 * <p>{@link Lifecycle} gives the order in which what the program has opened ends.
 *
 * <p>A second signal ends the program at once, with the JVM's code. That needs the module {@code
 * jdk.unsupported}, which is there unless a run-time image leaves it out; without it the first
 * signal is handled by a shutdown hook, and further ones do nothing.
 */
public final class Program {
  private static final System.Logger LOG = System.getLogger("dev.belay.lifecycle");

  private final CancellableContext ctx = Context.root("program");
  private final Duration limit;
  private final Thread thread = Thread.currentThread();
  private final AtomicBoolean signalled = new AtomicBoolean();
  private final CompletableFuture<Integer> code = new CompletableFuture<>();

  private Program(Duration limit) {
    this.limit = limit;
  }

  /**
   * Runs {@code body} until it returns. Call it once, from {@code main}, and pass the code to
   * {@link System#exit}.
   *
   * @param limit how long the program may take to end after a signal; then it is halted with code
   *     1, and standard error says where {@code body} was. Choose more than the grace and the
   *     patience of its {@link Lifecycle}.
   * @param body gets a context that the first signal ends, with a {@link ShutdownException} that
   *     names it
   * @return the exit code, as {@code body} has returned it
   * @throws X as {@code body} does: also the signal's {@link dev.belay.ContextCancelledException},
   *     which the JVM prints, with exit code 1, unless {@code body} or {@code main} catches it
   */
  public static <X extends Exception> int run(Duration limit, ContextCallable<Integer, X> body)
      throws X {
    Require.argument(limit, "limit", "pass how long the program may take to end");
    Require.argument(body, "body", "pass what to run");
    return new Program(limit).run(body);
  }

  private <X extends Exception> int run(ContextCallable<Integer, X> body) throws X {
    Runnable noHandlers = handleSignals();
    try (ctx) {
      int result = ctx.call(body);
      code.complete(result);
      return result;
    } finally {
      code.complete(1);
      if (!signalled.get()) {
        noHandlers.run();
      }
    }
  }

  /** Returns what undoes it. */
  private Runnable handleSignals() {
    Runnable noTerm = Signals.handle("TERM", signal -> on(signal, 143));
    Runnable noInt = Signals.handle("INT", signal -> on(signal, 130));
    if (noTerm != null && noInt != null) {
      return () -> {
        noTerm.run();
        noInt.run();
      };
    }
    var hook = Thread.ofPlatform().name("belay-signal").unstarted(this::shutdownHook);
    Runtime.getRuntime().addShutdownHook(hook);
    return () -> removeUnlessShuttingDown(hook);
  }

  private static void removeUnlessShuttingDown(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // A signal has come just now; the hook finds that the program has ended.
    }
  }

  private void on(String signal, int jvmCode) {
    if (!signalled.compareAndSet(false, true)) {
      LOG.log(Level.WARNING, "a second signal, SIG{0}: halted", signal);
      Runtime.getRuntime().halt(jvmCode);
    }
    LOG.log(Level.INFO, "SIG{0}: ending", signal);
    ctx.cancel(new ShutdownException("SIG" + signal));
    if (awaitCode() == null) {
      Runtime.getRuntime().halt(1);
    }
  }

  /** Without handlers: the JVM ends after its hooks, so it is halted here, with our code. */
  private void shutdownHook() {
    if (!code.isDone()) {
      ctx.cancel(new ShutdownException("signal"));
      Integer result = awaitCode();
      System.out.flush();
      Runtime.getRuntime().halt(result == null ? 1 : result);
    }
  }

  /** The program's exit code; null if it does not end within the limit. */
  private @Nullable Integer awaitCode() {
    try {
      return code.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      // Not to the log, which may have been shut down before us.
      System.err.println("not ended within " + limit + ": halted");
      At.thread(thread).printStackTrace();
      return null;
    } catch (InterruptedException | ExecutionException e) {
      return null;
    }
  }
}
