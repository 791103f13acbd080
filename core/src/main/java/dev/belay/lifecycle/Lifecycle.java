package dev.belay.lifecycle;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.kernel.Require;
import dev.belay.spi.Causes;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.HelperThread;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Shuts a program down in order. When {@link #shutdown} is called:
 *
 * <ol>
 *   <li>{@link #isReady} becomes false, and {@link #work} refuses to begin anything;
 *   <li>each {@link Part} stops taking work, the last registered first;
 *   <li>what is in flight has its grace, then each part drains within what is left of it;
 *   <li>when the grace is over {@link #context} ends with a {@link ShutdownException};
 *   <li>what was cancelled has the patience to end, and is stuck afterwards;
 *   <li>the root ends, and the parts are closed, the last registered first. Each close has the
 *       patience.
 * </ol>
 *
 * <p>So it ends, also when nothing heeds it. What is stuck or fails is reported as {@link
 * ContextEvent.Zombie}, {@link ContextEvent.Abandoned} or {@link ContextEvent.Uncaught}. On SIGTERM
 * {@link Program} only ends the context of the program's body; the body then calls {@link
 * #shutdown}. Any thread may call anything.
 */
public final class Lifecycle implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.belay.lifecycle");

  /** A part and the name it was registered with. */
  private record Named(String name, AutoCloseable part) {}

  private final CancellableContext root;
  private final CancellableContext running;
  private final Duration grace;
  private final Duration patience;
  private final InFlight work = new InFlight();
  private final AtomicBoolean ready = new AtomicBoolean();
  private final FutureTask<ShutdownReport> shutdown = new FutureTask<>(this::shutDown);
  private final AtomicBoolean begun = new AtomicBoolean();

  // Guarded by the list:
  private final List<Named> parts = new ArrayList<>();
  private boolean closed;

  /** Written by the shutdown's thread alone. */
  private final List<ShutdownReport.Stuck> stuck = new ArrayList<>();

  private final List<ShutdownReport.Failed> failed = new ArrayList<>();

  private Lifecycle(CancellableContext root, Duration grace, Duration patience) {
    this.root = root;
    this.running = root.withCancel();
    this.grace = grace;
    this.patience = patience;
  }

  /**
   * A life that begins; it ends by {@link #shutdown}.
   *
   * @param root ends last; from now on it belongs to the lifecycle. What work has detached hangs
   *     below it, and so outlives {@link #context} by the patience.
   * @param grace how long running work may go on at shutdown; zero for not at all
   * @param patience how long cancelled work, and each method of a part, may take to end
   * @throws IllegalArgumentException if a duration is negative
   */
  public static Lifecycle open(CancellableContext root, Duration grace, Duration patience) {
    Require.argument(root, "root", "pass Context.root(\"my program\")");
    Require.argument(grace, "grace", "Duration.ZERO for not at all");
    Require.argument(patience, "patience", "pass how long cancelled work may take to end");
    if (grace.isNegative() || patience.isNegative()) {
      throw new IllegalArgumentException(
          "grace %s and patience %s must not be negative".formatted(grace, patience));
    }
    return new Lifecycle(root, grace, patience);
  }

  /** What all work runs below; ends with a {@link ShutdownException} when the grace is over. */
  public Context context() {
    return running;
  }

  /** The work in flight: run each request, message or job through it. */
  public InFlight work() {
    return work;
  }

  /**
   * Registers what is closed at shutdown, before everything that was registered earlier.
   *
   * @param name for the report
   * @param part a {@link Part} if it does work; anything else is only closed
   * @return {@code part}
   * @throws ShutdownException if the shutdown has closed everything; {@code part} is closed then
   */
  public <T extends AutoCloseable> T own(String name, T part) {
    Require.argument(name, "name", "name the part for the report");
    Require.argument(part, "part", "pass what to close");
    synchronized (parts) {
      if (!closed) {
        parts.add(new Named(name, part));
        return part;
      }
    }
    var late = new ShutdownException("shut down before " + name + " was opened");
    try {
      part.close();
    } catch (Exception e) {
      late.addSuppressed(e);
    }
    throw late;
  }

  /** Says that the program has started. Without effect once the shutdown has begun. */
  public void markReady() {
    ready.set(true);
  }

  /** Whether the program has started and does not shut down: what a readiness probe asks. */
  public boolean isReady() {
    return ready.get() && !begun.get();
  }

  /**
   * Shuts down, and waits for it. Every call returns the same report.
   *
   * @throws InterruptedException if the caller was interrupted; the shutdown goes on, and already
   *     refuses new work
   */
  public ShutdownReport shutdown() throws InterruptedException {
    if (begun.compareAndSet(false, true)) {
      work.refuse();
      HelperThread.start("belay-shutdown", shutdown);
    }
    try {
      return shutdown.get();
    } catch (ExecutionException | CancellationException e) {
      throw new AssertionError("a shutdown reports what fails", e);
    }
  }

  /** {@link #shutdown()}; if the caller is interrupted it goes on without the caller. */
  @Override
  public void close() {
    try {
      shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the shutdown, on a thread of its own

  private ShutdownReport shutDown() throws InterruptedException {
    for (Named each : lastFirst()) {
      if (each.part instanceof Part part) {
        bounded("stopping " + each.name, null, part::stopTaking);
      }
    }
    drain();
    ShutdownReport inFlight = endWork();
    root.cancel(new ShutdownException("the program ends"));
    for (Named each = takeLast(); each != null; each = takeLast()) {
      bounded("closing " + each.name, null, each.part::close);
    }
    stuck.addAll(0, inFlight.stuck());
    var report = new ShutdownReport(inFlight.finished(), inFlight.cancelled(), stuck, failed);
    LOG.log(Level.DEBUG, "shut down: {0}", report);
    return report;
  }

  private List<Named> lastFirst() {
    synchronized (parts) {
      return List.copyOf(parts).reversed();
    }
  }

  private @Nullable Named takeLast() {
    synchronized (parts) {
      closed = parts.isEmpty();
      return closed ? null : parts.removeLast();
    }
  }

  private void drain() throws InterruptedException {
    LOG.log(Level.DEBUG, "shutting down: {0} in flight, grace {1}", work.running(), grace);
    // Without the root's end: what is below it has its grace also when the root was ended before.
    try (CancellableContext limit = root.withoutCancel().withName("grace").withTimeout(grace)) {
      work.awaitNone(limit);
      for (Named each : lastFirst()) {
        if (each.part instanceof Part part) {
          bounded("draining " + each.name, limit, () -> part.drain(limit));
        }
      }
    }
  }

  /** Ends the contexts of what is still running; the report has what does not end even so. */
  private ShutdownReport endWork() throws InterruptedException {
    running.cancel(new ShutdownException("the grace is over"));
    try (CancellableContext limit = root.withoutCancel().withTimeout(patience)) {
      work.awaitNone(limit);
    }
    ShutdownReport report = work.report();
    for (ShutdownReport.Stuck each : report.stuck()) {
      ContextEvents.report(new ContextEvent.Zombie(running, each.what(), patience, each.at()));
    }
    return report;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws Exception;
  }

  /**
   * Runs {@code step}, which is foreign code, on a thread of its own, and waits for it until {@code
   * limit}, if there is one, has ended and after that the patience is over.
   */
  private void bounded(String what, @Nullable Context limit, Step step)
      throws InterruptedException {
    var task =
        new FutureTask<@Nullable Void>(
            () -> {
              step.run();
              return null;
            });
    Thread thread = HelperThread.start("belay-shutdown: " + what, task);
    try {
      boolean returned = limit != null && isDoneWithin(limit, task);
      if (!returned && !isDoneInPatience(task)) {
        stuck.add(new ShutdownReport.Stuck(what, At.thread(thread)));
        ContextEvents.report(new ContextEvent.Abandoned(running, what, patience, true));
      }
    } catch (ExecutionException e) {
      failed(what, limit, e.getCause());
    }
  }

  private boolean isDoneInPatience(Future<?> task) throws InterruptedException, ExecutionException {
    try (CancellableContext limit = root.withoutCancel().withTimeout(patience)) {
      return isDoneWithin(limit, task);
    }
  }

  private static boolean isDoneWithin(Context limit, Future<?> task)
      throws InterruptedException, ExecutionException {
    try {
      limit.await(task);
      return true;
    } catch (ContextEndedException e) { // the limit's: the task's are wrapped
      if (task.isDone()) {
        task.get(); // which may throw
      }
      return task.isDone();
    }
  }

  /** What fails because the grace is over is no failure. */
  private void failed(String what, @Nullable Context limit, @Nullable Throwable failure) {
    boolean ended =
        limit != null
            && limit.isDone()
            && Causes.first(failure, ContextEndedException.class::isInstance) != null;
    if (failure != null && !ended) {
      failed.add(new ShutdownReport.Failed(what, failure));
      ContextEvents.report(new ContextEvent.Uncaught(running, "part", failure));
    }
  }
}
