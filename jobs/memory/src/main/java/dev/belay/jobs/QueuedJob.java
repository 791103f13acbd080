package dev.belay.jobs;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextRunnable;
import dev.belay.Ending;
import dev.belay.Registration;
import dev.belay.Status;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** One job of {@link Workers}: its handle, and what its thread runs. */
final class QueuedJob implements Job, Runnable {
  private final Workers workers;
  private final String name;
  private final Progress progress;
  private final CancellableContext ctx;
  private final Duration limit;
  private final ContextRunnable<?> body;
  private final CompletableFuture<JobState> done = new CompletableFuture<>();

  /** Restores what was captured for a linked job; null for a detached one. */
  private @Nullable Runnable carried;

  /** Takes a linked job out of the queue when its submitter's context ends. */
  private @Nullable Registration link;

  /** Written under the lock of the workers. */
  volatile JobState state = JobState.WAITING;

  private volatile @Nullable Throwable failure;

  // The thread's alone:
  private boolean begun;
  private JobState end = JobState.FAILED;

  private QueuedJob(
      Workers workers,
      String name,
      Progress progress,
      CancellableContext ctx,
      Duration limit,
      ContextRunnable<?> body) {
    this.workers = workers;
    this.name = name;
    this.progress = progress;
    this.ctx = ctx;
    this.limit = limit;
    this.body = body;
  }

  static QueuedJob detached(
      Workers workers, Context below, String name, Duration limit, ContextRunnable<?> body) {
    var progress = new Progress();
    CancellableContext ctx = below.withValue(Progress.KEY, progress).withName(name).withCancel();
    return new QueuedJob(workers, name, progress, ctx, limit, body);
  }

  static QueuedJob linked(
      Workers workers,
      Context below,
      Context from,
      String name,
      Duration limit,
      ContextRunnable<?> body) {
    var progress = new Progress();
    CancellableContext ctx =
        below.withValue(Progress.KEY, progress).withName(name).withCancelFrom(from);
    var job = new QueuedJob(workers, name, progress, ctx, limit, body);
    job.carried = ContextCarriers.carry((Runnable) job::work);
    job.link = ctx.onDone(() -> workers.leave(job));
    return job;
  }

  /** Of its thread. Whatever is thrown, its worker goes on to the next job. */
  @Override
  public void run() {
    try {
      if (carried == null) {
        work();
      } else {
        carried.run();
      }
    } catch (Throwable e) {
      failed(e);
    } finally {
      drop();
      workers.ended(this, end);
      done.complete(end);
    }
  }

  private void work() {
    if (link != null) {
      boolean unused = link.stop();
    }
    try (CancellableContext limited = ctx.withTimeout(limit)) {
      end = work(limited);
    }
  }

  /** It has failed apart from its body. */
  void failed(Throwable e) {
    failure = e;
    ContextEvents.report(new ContextEvent.Uncaught(ctx, "job", e));
  }

  /** Whether its context has ended. */
  boolean isDone() {
    return ctx.isDone();
  }

  private JobState work(Context limited) {
    try {
      workers
          .inFlight()
          .run(
              limited,
              c -> {
                begun = true;
                workers.enterBody();
                try {
                  c.runInterruptibly(body);
                } finally {
                  workers.leaveBody();
                }
              });
      return JobState.FINISHED;
    } catch (Throwable e) { // also an Error: it is reported, and the next job runs
      if (!begun) {
        return JobState.NEVER_STARTED; // the shutdown has begun
      }
      failure = e;
      return end(limited, e);
    }
  }

  /** By the context, never by the exception's class: clients wrap the end in their own. */
  private static JobState end(Context limited, Throwable failure) {
    Ending ending = limited.ending();
    if (ending != null && ending.status() != Status.DEADLINE_EXCEEDED) {
      return JobState.CANCELLED;
    }
    ContextEvents.report(new ContextEvent.Uncaught(limited, "job", failure));
    return ending == null ? JobState.FAILED : JobState.TIMED_OUT;
  }

  /** Ends its context; for what has ended, and what never begins. */
  void drop() {
    if (link != null) {
      boolean unused = link.stop();
    }
    ctx.close();
  }

  /** Says that it has ended without a run. */
  void endedUnrun() {
    drop();
    done.complete(state);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public JobState state() {
    return state;
  }

  @Override
  public String progress() {
    return progress.text();
  }

  @Override
  public @Nullable Throwable failure() {
    return failure;
  }

  @Override
  public void cancel(Throwable cause) {
    ctx.cancel(Objects.requireNonNull(cause, "cause is null: say why the job is cancelled"));
    workers.leave(this);
  }

  /** Its context, which shows its name. */
  @Override
  public String toString() {
    return ctx.toString();
  }

  @Override
  public JobState await(Context ctx) throws InterruptedException {
    try {
      return ctx.await(done);
    } catch (ExecutionException e) {
      throw new AssertionError("only states complete it", e);
    }
  }
}
