package dev.belay.jobs;

import static java.util.stream.Collectors.joining;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextRunnable;
import dev.belay.lifecycle.InFlight;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.Part;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.HelperThread;
import dev.belay.spi.Travelling;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Jobs in memory: a bounded queue, and workers that take from it in order. What waits or runs when
 * the process dies is lost.
 *
 * <pre>{@code
 * var workers = Workers.open(life, "mails", 3, 100);
 * switch (workers.submit(ctx, "mail 7", Duration.ofSeconds(30), c -> send(c, 7))) {
 *   case Accepted(var job) -> answer(202, job.name());
 *   case Refused refused -> answer(503, refused.toString());
 * }
 * }</pre>
 *
 * <p>Each job runs on a virtual thread of its own, under a context of its own below that of the
 * lifecycle, and is counted as its work in flight. The end of that context interrupts the thread.
 * What a job throws is reported as {@link ContextEvent.Uncaught}, and ends no worker. A job that
 * does not stop keeps its worker until it does; its program still ends.
 *
 * <p>The {@link Lifecycle} closes it. Any thread may call anything.
 */
@SuppressWarnings("try") // close() may be interrupted: its caller bounds it
public final class Workers implements Part {
  private static final System.Logger LOG = System.getLogger("dev.belay.jobs");
  private static final int MOST_LOGGED = 100;

  private final String name;
  private final int workers;
  private final int capacity;
  private final CancellableContext ctx;
  private final InFlight inFlight;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock, which is held over nothing that waits:
  private final BlockingQueue<QueuedJob> waiting;
  private final Books books = new Books();
  private final List<QueuedJob> neverStarted = new ArrayList<>();
  private boolean stopped;

  /**
   * Jobs that count as running outside their bodies: in a moment they are in them, or at an end.
   */
  private int unsettled;

  private final Condition settled = lock.newCondition();

  private Workers(Lifecycle life, String name, int workers, int capacity) {
    this.name = name;
    this.workers = workers;
    this.capacity = capacity;
    this.waiting = new ArrayBlockingQueue<>(capacity);
    this.inFlight = life.work();
    this.ctx = life.context().withName(name).withCancel();
  }

  /**
   * A queue and its workers, as a part of {@code life}.
   *
   * @param name of the queue, for the tree and the report
   * @param workers how many jobs run at once
   * @param capacity how many more may wait
   * @throws IllegalArgumentException if a number is less than 1
   * @throws dev.belay.lifecycle.ShutdownException if {@code life} has closed its parts
   */
  public static Workers open(Lifecycle life, String name, int workers, int capacity) {
    Objects.requireNonNull(life, "life is null: pass the program's Lifecycle");
    Objects.requireNonNull(name, "name is null: say what the jobs are");
    if (workers < 1 || capacity < 1) {
      throw new IllegalArgumentException(
          "%d workers and a queue of %d: each must be 1 or more".formatted(workers, capacity));
    }
    return life.own(name, new Workers(life, name, workers, capacity));
  }

  /**
   * Submits a job, and returns at once. The job has the values of {@code ctx} whose keys travel,
   * and neither its cancellation nor its deadline.
   *
   * @param name of the job, for the tree and the report
   * @param limit how long it may take, from when it begins; its thread is interrupted then
   */
  public Submission submit(Context ctx, String name, Duration limit, ContextRunnable<?> body) {
    return submit(ctx, false, name, limit, body);
  }

  /**
   * Submits a job that also ends with {@code ctx}, as long as that is not over: one that waits then
   * leaves the queue. What carriers capture here, such as the current span, is restored for it.
   */
  public Submission submitLinked(
      Context ctx, String name, Duration limit, ContextRunnable<?> body) {
    return submit(ctx, true, name, limit, body);
  }

  private Submission submit(
      Context from, boolean linked, String name, Duration limit, ContextRunnable<?> body) {
    Objects.requireNonNull(from, "ctx is null: pass Context.todo() where you do not know yet");
    Objects.requireNonNull(name, "name is null: say which job it is");
    Objects.requireNonNull(limit, "limit is null: say how long the job may take");
    Objects.requireNonNull(body, "body is null: pass what to run");
    Context below = Travelling.copy(from, ctx);
    var job =
        linked
            ? QueuedJob.linked(this, below, from, name, limit, body)
            : QueuedJob.detached(this, below, name, limit, body);
    Submission answer = place(job);
    if (answer instanceof Submission.Refused refused) {
      job.drop();
      ContextEvents.report(new ContextEvent.Refused(from, this.name, refused.toString()));
    } else if (job.isDone()) { // its end may have come before it was in the queue
      leave(job);
    }
    return answer;
  }

  private Submission place(QueuedJob job) {
    boolean begins = false;
    lock.lock();
    try {
      int running = Math.toIntExact(books.count(JobState.RUNNING));
      if (stopped) {
        books.refuse();
        return new Submission.Refused(true, waiting.size(), capacity, running);
      }
      begins = running < workers;
      if (begins) {
        job.state = JobState.RUNNING;
        settle(1);
      } else if (!waiting.offer(job)) {
        books.refuse();
        return new Submission.Refused(false, waiting.size(), capacity, running);
      }
      books.accept(job.state);
    } finally {
      lock.unlock();
    }
    begin(begins ? job : null);
    return new Submission.Accepted(job);
  }

  /**
   * Starts the thread of a job that counts as running. If there is none to be had, the job has
   * failed, and the worker takes the next one.
   */
  private void begin(@Nullable QueuedJob first) {
    QueuedJob job = first;
    while (job != null) {
      try {
        HelperThread.unstarted(name + ": " + job.name(), job).start();
        return;
      } catch (Throwable e) {
        job.failed(e);
        QueuedJob next = next(job, JobState.FAILED);
        job.endedUnrun();
        job = next;
      }
    }
  }

  /** Called by the thread of {@code job} when it is done with it. Begins the next. */
  void ended(QueuedJob job, JobState end) {
    begin(next(job, end));
  }

  private @Nullable QueuedJob next(QueuedJob job, JobState end) {
    lock.lock();
    try {
      move(job, end);
      QueuedJob next = waiting.poll();
      if (next != null) {
        move(next, JobState.RUNNING);
      }
      return next;
    } finally {
      lock.unlock();
    }
  }

  /** Takes {@code job}, whose context has ended, out of the queue if it waits there. */
  void leave(QueuedJob job) {
    lock.lock();
    try {
      if (!waiting.remove(job)) {
        return;
      }
      move(job, JobState.CANCELLED);
    } finally {
      lock.unlock();
    }
    job.endedUnrun();
  }

  private void move(QueuedJob job, JobState end) {
    if (job.state == JobState.RUNNING) {
      settle(-1);
    } else if (end == JobState.RUNNING) {
      settle(1);
    }
    books.move(job.state, end);
    job.state = end;
    if (end == JobState.NEVER_STARTED) {
      neverStarted.add(job);
    }
  }

  /** Called by the thread of a job as it goes into its body. */
  void enterBody() {
    lock.lock();
    try {
      settle(-1);
    } finally {
      lock.unlock();
    }
  }

  /** Called by that thread as it comes out again. */
  void leaveBody() {
    lock.lock();
    try {
      settle(1);
    } finally {
      lock.unlock();
    }
  }

  private void settle(int more) {
    unsettled += more;
    if (unsettled == 0) {
      settled.signalAll();
    }
  }

  InFlight inFlight() {
    return inFlight;
  }

  /** What became of all jobs so far. */
  public JobCounts counts() {
    lock.lock();
    try {
      return books.counts();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The names of the jobs that were accepted and, because of the shutdown, never begun. They are
   * lost unless the program writes them down.
   */
  public List<String> neverStarted() {
    lock.lock();
    try {
      return neverStarted.stream().map(QueuedJob::name).toList();
    } finally {
      lock.unlock();
    }
  }

  /** Refuses new jobs, and begins none of those that wait. */
  @Override
  public void stopTaking() {
    var left = new ArrayList<QueuedJob>();
    lock.lock();
    try {
      stopped = true;
      waiting.drainTo(left);
      left.forEach(job -> move(job, JobState.NEVER_STARTED));
    } finally {
      lock.unlock();
    }
    left.forEach(QueuedJob::endedUnrun);
  }

  /**
   * Stops, and ends the contexts of the jobs that still run. Does not wait for their bodies, only
   * until the {@link #counts} say of all others what became of them. Jobs that were never started
   * are logged, the first hundred by their names.
   *
   * @throws InterruptedException if the caller is interrupted: the counts may be behind
   */
  @Override
  public void close() throws InterruptedException {
    stopTaking();
    ctx.close();
    awaitSettled();
    logNeverStarted();
  }

  private void awaitSettled() throws InterruptedException {
    lock.lock();
    try {
      while (unsettled > 0) {
        settled.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /** By their contexts: these show a name, which may be of a request, bounded and escaped. */
  private void logNeverStarted() {
    List<QueuedJob> lost;
    lock.lock();
    try {
      lost = List.copyOf(neverStarted);
    } finally {
      lock.unlock();
    }
    if (!lost.isEmpty()) {
      String names =
          lost.stream().limit(MOST_LOGGED).map(QueuedJob::toString).collect(joining(", "));
      LOG.log(
          Level.WARNING,
          "{0}: {1} jobs never started: {2}{3}",
          name,
          lost.size(),
          names,
          lost.size() > MOST_LOGGED ? ", and more" : "");
    }
  }

  /** The name and the counts. */
  @Override
  public String toString() {
    return name + ": " + counts();
  }
}
