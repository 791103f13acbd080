package dev.belay.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.jobs.Submission.Accepted;
import dev.belay.jobs.Submission.Refused;
import dev.belay.lifecycle.Lifecycle;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million jobs from four threads; a shutdown comes in the middle of the last of them. */
class MillionJobsTest {
  private static final int SUBMITTERS = 4;
  private static final int EACH = 250_000;

  private final CountDownLatch nearlyAll = new CountDownLatch(1);
  private final LongAdder accepted = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder returned = new LongAdder();
  private final LongAdder thrown = new LongAdder();

  @Test
  @Timeout(600)
  void theBooksBalance(CancellableContext root) throws Exception {
    var life = Lifecycle.open(root, Duration.ofMinutes(1), Duration.ofMinutes(1));
    var workers = Workers.open(life, "million", 8, 1_000);
    var left = new AtomicLong((long) SUBMITTERS * EACH);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < SUBMITTERS; i++) {
      threads.add(Thread.ofPlatform().start(() -> submit(workers, left)));
    }
    nearlyAll.await();
    assertThat(life.shutdown().exitCode()).isZero();
    for (Thread thread : threads) {
      thread.join();
    }
    JobCounts end = workers.counts();
    assertThat(end.accepted()).as("%s", end).isEqualTo(accepted.sum());
    assertThat(end.refused()).isEqualTo(refused.sum());
    assertThat(end.waiting() + end.running() + end.timedOut() + end.cancelled()).isZero();
    assertThat(end.finished()).isEqualTo(returned.sum());
    assertThat(end.failed()).isEqualTo(thrown.sum());
    assertThat(end.neverStarted())
        .isEqualTo(workers.neverStarted().size())
        .isEqualTo(end.accepted() - end.finished() - end.failed());
  }

  /** Until the shutdown each job is submitted until the queue has room. */
  private void submit(Workers workers, AtomicLong left) {
    Job last = null;
    for (long number = left.getAndDecrement(); number > 0; number = left.getAndDecrement()) {
      if (number == 1_000) {
        nearlyAll.countDown();
      }
      Submission answer = submit(workers, number);
      while (answer instanceof Refused full && !full.shuttingDown()) {
        awaitEnd(last);
        answer = submit(workers, number);
      }
      last = answer instanceof Accepted taken ? taken.job() : last;
    }
  }

  private Submission submit(Workers workers, long number) {
    var limit = Duration.ofMinutes(1);
    Submission answer =
        workers.submit(Context.background(), "job " + number, limit, c -> work(number));
    (answer instanceof Accepted ? accepted : refused).increment();
    return answer;
  }

  /** There is room then, unless another thread has taken it. */
  private static void awaitEnd(Job last) {
    try {
      if (last != null) {
        last.await(Context.background());
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nothing interrupts this thread", e);
    }
  }

  private void work(long number) throws IOException {
    if (number % 100_000 == 0) {
      thrown.increment();
      throw new IOException("every hundred thousandth fails");
    }
    returned.increment();
  }
}
