package dev.belay.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.ContextRunnable;
import dev.belay.Criticality;
import dev.belay.DeadlineExceededException;
import dev.belay.jobs.Submission.Accepted;
import dev.belay.jobs.Submission.Refused;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.Loggable;
import dev.belay.testkit.RecordingListener;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class WorkersTest {
  private static final Duration LIMIT = Duration.ofMinutes(1);
  private static final ContextKey<String> SECRET = ContextKey.named("secret", String.class);

  private Context root;
  private Lifecycle life;
  private Workers workers;

  @BeforeEach
  void open(CancellableContext root) {
    this.root = root;
    life = Lifecycle.open(root, Duration.ZERO, Duration.ofMinutes(1));
    workers = Workers.open(life, "mails", 2, 3);
  }

  @AfterEach
  void close() throws Exception {
    life.shutdown();
    JobCounts end = workers.counts();
    assertThat(end.waiting() + end.running()).isZero();
    assertBalanced(end);
  }

  private static void assertBalanced(JobCounts counts) {
    assertThat(counts.accepted())
        .as(counts.toString())
        .isEqualTo(
            counts.waiting()
                + counts.running()
                + counts.finished()
                + counts.failed()
                + counts.timedOut()
                + counts.cancelled()
                + counts.neverStarted());
  }

  private Job submit(String name, ContextRunnable<?> body) {
    return accepted(workers.submit(root, name, LIMIT, body));
  }

  private static Job accepted(Submission answer) {
    assertThat(answer).isInstanceOf(Accepted.class);
    return ((Accepted) answer).job();
  }

  /** Occupies both workers until its latch is opened. */
  private CountDownLatch occupy() {
    var open = new CountDownLatch(1);
    submit("a", c -> open.await());
    submit("b", c -> open.await());
    return open;
  }

  @Test
  void aJobRunsUnderItsOwnContext() throws Exception {
    var seen = new AtomicReference<Context>();
    var thread = new AtomicReference<Thread>();
    Job job =
        submit(
            "mail 7",
            c -> {
              seen.set(c);
              thread.set(Thread.currentThread());
              assertThat(Context.current().toString()).isEqualTo(c.toString());
            });
    assertThat(job.await(root)).isEqualTo(JobState.FINISHED);
    assertThat(job.name()).isEqualTo("mail 7");
    assertThat(seen.get().toString()).contains("/mails/mail 7").contains("1m");
    assertThat(thread.get().isVirtual()).isTrue();
    assertThat(thread.get().getName()).isEqualTo("mails: mail 7");
    assertThat(seen.get().isDone()).as("its context ends with it").isTrue();
  }

  @Test
  void aFullQueueIsAnAnswerWithTheNumbers() throws Exception {
    CountDownLatch open = occupy();
    List<Job> waiting = List.of(submit("c", c -> {}), submit("d", c -> {}), submit("e", c -> {}));
    assertThat(waiting).extracting(Job::state).containsOnly(JobState.WAITING);
    Submission answer = workers.submit(root, "f", LIMIT, c -> {});
    assertThat(answer).isEqualTo(new Refused(false, 3, 3, 2));
    assertThat(answer).hasToString("queue full: 3 of 3 waiting, 2 running");
    assertBalanced(workers.counts());
    open.countDown();
    for (Job each : waiting) {
      assertThat(each.await(root)).isEqualTo(JobState.FINISHED);
    }
    assertThat(workers.counts().refused()).isOne();
  }

  @Test
  void whatTheKeysLetTravelGoesAlongAndCancellationDoesNot() throws Exception {
    var seen = new AtomicReference<Context>();
    Context values =
        root.withValue(Criticality.KEY, Criticality.SHEDDABLE).withValue(SECRET, "secret");
    var request = values.withTimeout(Duration.ofMillis(1));
    CountDownLatch open = occupy();
    Job job = accepted(workers.submit(request, "c", LIMIT, seen::set));
    request.cancel();
    open.countDown();
    assertThat(job.await(root)).isEqualTo(JobState.FINISHED);
    assertThat(seen.get().get(Criticality.KEY)).isEqualTo(Criticality.SHEDDABLE);
    assertThat(seen.get().get(SECRET)).isNull();
  }

  @Test
  void aLinkedJobEndsWithItsSubmitter() throws Exception {
    var begun = new CountDownLatch(1);
    var cause = new AtomicReference<Throwable>();
    try (CancellableContext request = root.withCancel()) {
      Job job =
          accepted(
              workers.submitLinked(
                  request,
                  "linked",
                  LIMIT,
                  c -> {
                    begun.countDown();
                    try {
                      new CountDownLatch(1).await();
                    } finally {
                      cause.set(c.cause());
                    }
                  }));
      begun.await();
      var gone = new IOException("client gone");
      request.cancel(gone);
      assertThat(job.await(root)).isEqualTo(JobState.CANCELLED);
      assertThat(cause.get()).isSameAs(gone);
    }
  }

  @Test
  void aLinkedJobThatWaitsLeavesTheQueueWithItsSubmitter() throws Exception {
    CountDownLatch open = occupy();
    try (CancellableContext request = root.withCancel()) {
      Job job = accepted(workers.submitLinked(request, "linked", LIMIT, c -> {}));
      assertThat(job.state()).isEqualTo(JobState.WAITING);
      request.cancel();
      assertThat(job.await(root)).isEqualTo(JobState.CANCELLED);
      assertThat(workers.counts().waiting()).isZero();
    }
    open.countDown();
  }

  /** The end is noticed by another thread, which may look before the job is in the queue. */
  @RepeatedTest(1_000)
  void aJobOfASubmitterThatHasEndedDoesNotStayInTheQueue() throws Exception {
    CountDownLatch open = occupy();
    try (CancellableContext request = root.withCancel()) {
      request.cancel();
      Job job = accepted(workers.submitLinked(request, "linked", LIMIT, c -> {}));
      assertThat(job.await(root)).isEqualTo(JobState.CANCELLED);
      assertThat(workers.counts().waiting()).isZero();
    }
    open.countDown();
  }

  @Test
  void carriersRestoreForALinkedJobOnly() throws Exception {
    var local = new ThreadLocal<String>();
    ContextCarrier carrier =
        () -> {
          String captured = local.get();
          return () -> {
            local.set(captured);
            return local::remove;
          };
        };
    ContextCarriers.install(carrier);
    try {
      local.set("span");
      var seen = new AtomicReference<String>("none");
      accepted(workers.submitLinked(root, "linked", LIMIT, c -> seen.set(local.get()))).await(root);
      assertThat(seen.get()).isEqualTo("span");
      submit("detached", c -> seen.set(local.get())).await(root);
      assertThat(seen.get()).isNull();
    } finally {
      local.remove();
      ContextCarriers.remove(carrier);
    }
  }

  @Test
  void aJobThatRunsIsCancelledAndInterrupted() throws Exception {
    var begun = new CountDownLatch(1);
    Job job =
        submit(
            "long",
            c -> {
              begun.countDown();
              new CountDownLatch(1).await();
            });
    begun.await();
    job.cancel(new IOException("not needed"));
    assertThat(job.await(root)).isEqualTo(JobState.CANCELLED);
    assertThat(job.failure()).hasMessageContaining("not needed");
    job.cancel(new IOException("again"));
    assertThat(job.state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aJobThatWaitsIsCancelledWithoutARun() throws Exception {
    CountDownLatch open = occupy();
    var ran = new AtomicInteger();
    Job job = submit("c", c -> ran.incrementAndGet());
    job.cancel(new IOException("not needed"));
    assertThat(job.await(root)).isEqualTo(JobState.CANCELLED);
    open.countDown();
    assertThat(submit("d", c -> {}).await(root)).isEqualTo(JobState.FINISHED);
    assertThat(ran).hasValue(0);
  }

  @Test
  void aJobThatTakesTooLongTimesOut() throws Exception {
    try (var heard = RecordingListener.below(root)) {
      Job job =
          accepted(
              workers.submit(
                  root, "slow", Duration.ofMillis(1), c -> new CountDownLatch(1).await()));
      assertThat(job.await(root)).isEqualTo(JobState.TIMED_OUT);
      assertThat(job.failure()).isInstanceOf(DeadlineExceededException.class);
      assertThat(heard.await(ContextEvent.Uncaught.class).origin()).isEqualTo("job");
    }
  }

  @Test
  void theStateIsOfTheContextNotOfTheExceptionsClass() throws Exception {
    Job wrapped =
        accepted(
            workers.submit(
                root,
                "wraps",
                Duration.ofMillis(1),
                c -> {
                  while (!c.isDone()) {
                    Thread.onSpinWait();
                  }
                  throw new IOException("read failed");
                }));
    assertThat(wrapped.await(root)).isEqualTo(JobState.TIMED_OUT);
    Job pretends =
        submit(
            "pretends",
            c -> {
              throw new ShutdownException("not ours");
            });
    assertThat(pretends.await(root)).isEqualTo(JobState.FAILED);
  }

  @Test
  void aFailureIsReportedAndTheNextJobRuns() throws Exception {
    try (var heard = RecordingListener.below(root)) {
      var failure = new StackOverflowError();
      Job job =
          submit(
              "fails",
              c -> {
                Thread.currentThread().interrupt();
                throw failure;
              });
      assertThat(job.await(root)).isEqualTo(JobState.FAILED);
      assertThat(job.failure()).isSameAs(failure);
      assertThat(heard.await(ContextEvent.Uncaught.class).failure()).isSameAs(failure);
    }
    assertThat(submit("next", c -> {}).await(root)).isEqualTo(JobState.FINISHED);
  }

  @Test
  void progressIsInTheTreeAndInTheHandle() throws Exception {
    var reported = new CountDownLatch(1);
    var open = new CountDownLatch(1);
    var seen = new AtomicReference<Context>();
    Job job =
        submit(
            "import",
            c -> {
              seen.set(c);
              Progress.report(c, "3 of 10");
              reported.countDown();
              open.await();
            });
    reported.await();
    assertThat(job.progress()).isEqualTo("3 of 10");
    assertThat(Loggable.values(seen.get())).containsEntry("progress", "3 of 10");
    open.countDown();
    job.await(root);
    Progress.report(root, "where there is no job");
  }

  @Test
  void aShutdownBeginsNoJobAndNamesThoseThatItDidNotBegin() throws Exception {
    var begun = new CountDownLatch(2);
    submit("a", c -> awaitEnd(c, begun));
    submit("b", c -> awaitEnd(c, begun));
    Job waiting = submit("c", c -> {});
    begun.await();
    ShutdownReport report = life.shutdown();
    assertThat(report).hasToString("0 finished, 2 cancelled, 0 stuck");
    Context forever = Context.background();
    assertThat(waiting.await(forever)).isEqualTo(JobState.NEVER_STARTED);
    assertThat(workers.neverStarted()).containsExactly("c");
    assertThat(workers.counts())
        .hasToString("3 accepted, 0 finished, 2 cancelled, 1 never started");
    Submission late = workers.submit(forever, "d", LIMIT, c -> {});
    assertThat(late).hasToString("shutting down: 0 of 3 waiting, 0 running");
  }

  private static void awaitEnd(Context c, CountDownLatch begun) throws Exception {
    begun.countDown();
    c.awaitDone();
    assertThat(c.cause()).isInstanceOf(ShutdownException.class);
    c.throwIfDone();
  }

  @Test
  void aShutdownLetsRunningJobsFinishWithinTheGrace() throws Exception {
    Lifecycle patient = Lifecycle.open(Context.root("patient"), LIMIT, LIMIT);
    Workers few = Workers.open(patient, "mails", 1, 10);
    var begun = new CountDownLatch(1);
    var open = new CountDownLatch(1);
    few.submit(
        root,
        "a",
        LIMIT,
        c -> {
          begun.countDown();
          open.await();
        });
    Job never = accepted(few.submit(root, "b", LIMIT, c -> {}));
    begun.await();
    Thread shutdown = Thread.startVirtualThread(patient::close);
    assertThat(never.await(root)).isEqualTo(JobState.NEVER_STARTED);
    open.countDown();
    shutdown.join();
    assertThat(few.counts()).hasToString("2 accepted, 1 finished, 1 never started");
    assertThat(few).hasToString("mails: 2 accepted, 1 finished, 1 never started");
  }

  @Test
  void whatIsMissingOrOutOfRangeIsRefusedWithAHint() {
    assertThatThrownBy(() -> Workers.open(life, "x", 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("0 workers and a queue of 1: each must be 1 or more");
    assertThatThrownBy(() -> workers.submit(root, "x", null, c -> {}))
        .hasMessage("limit is null: say how long the job may take");
  }
}
