package dev.belay.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.Fixture;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/lifecycle.md. */
class LifecycleExamples extends Fixture {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  // @start region=worker
  /** Takes jobs from a queue until the program stops. */
  static final class Worker implements Part {
    private final BlockingQueue<Runnable> jobs;
    private final CancellableContext taking;
    private final Thread thread;

    Worker(Lifecycle life, BlockingQueue<Runnable> jobs) {
      this.jobs = jobs;
      this.taking = life.context().withName("worker").withCancel();
      this.thread = Thread.ofVirtual().name("worker").start(() -> work(life));
    }

    private void work(Lifecycle life) {
      try {
        while (true) {
          Runnable job = taking.callInterruptibly(c -> jobs.take());
          life.work().run(life.context().withName("job"), c -> job.run());
        }
      } catch (ContextEndedException | ShutdownException | InterruptedException e) {
        // No more jobs are taken; those in the queue wait for the next start.
      }
    }

    @Override
    public void stopTaking() {
      taking.cancel();
    }

    @Override
    public void close() throws InterruptedException {
      thread.join();
    }
  }

  // @end region=worker

  /** The main class of the page. */
  static final class Jobs {
    // @start region=main
    public static void main(String[] arguments) throws Exception {
      System.exit(Program.run(Duration.ofSeconds(30), Jobs::serve));
    }

    static int serve(Context signal) throws InterruptedException {
      var life = Lifecycle.open(Context.root("jobs"), GRACE, PATIENCE);
      var jobs = new LinkedBlockingQueue<Runnable>(100);
      life.own("worker", new Worker(life, jobs)); // closed before what was registered earlier
      life.markReady();
      signal.awaitDone();
      ShutdownReport report = life.shutdown();
      System.out.println("shut down: " + report); // 3 finished, 1 cancelled, 0 stuck
      report.stuck().forEach(each -> each.at().printStackTrace());
      return report.exitCode();
    }
    // @end region=main
  }

  @Test
  void aProgramEndsWithItsSignal() throws Exception {
    try (CancellableContext signal = root.withCancel()) {
      signal.cancel(new ShutdownException("SIGTERM"));
      assertThat(Jobs.serve(signal)).isZero();
    }
  }

  @Test
  void aWorkerFinishesItsJob() throws Exception {
    var life = Lifecycle.open(root, GRACE, PATIENCE);
    var jobs = new LinkedBlockingQueue<Runnable>();
    var begun = new LinkedBlockingQueue<String>();
    jobs.add(() -> begun.add("job"));
    life.own("worker", new Worker(life, jobs));
    assertThat(begun.take()).isEqualTo("job");
    assertThat(life.shutdown().exitCode()).isZero();
  }
}
