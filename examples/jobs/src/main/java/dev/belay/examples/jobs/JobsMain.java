package dev.belay.examples.jobs;

import dev.belay.Context;
import dev.belay.jobs.Progress;
import dev.belay.jobs.Submission;
import dev.belay.jobs.Submission.Accepted;
import dev.belay.jobs.Submission.Refused;
import dev.belay.jobs.Workers;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.Program;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.resilience4j.ContextRetry;
import io.github.resilience4j.retry.RetryConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Sends mails in the background, with three workers and a queue of a hundred. */
@Command(
    name = "./build example jobs",
    description = "Three workers send mails from a queue of a hundred. Ctrl-C drains and reports.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class JobsMain implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofMillis(250);

  @Option(names = "--jobs", description = "how many mails; a newsletter follows: ${DEFAULT-VALUE}")
  private int jobs = 20;

  @Option(names = "--newsletter", description = "copies of it: ${DEFAULT-VALUE}")
  private int newsletter = 120;

  @Option(names = "--seconds", description = "how long a mail takes: ${DEFAULT-VALUE}")
  private double seconds = 0.5;

  @Option(names = "--grace", description = "seconds that mails have at Ctrl-C: ${DEFAULT-VALUE}")
  private int grace = 5;

  @Option(names = "--deaf", description = "the first mail ignores that it is cancelled")
  private boolean deaf;

  private final ContextRetry retry =
      ContextRetry.of(
          "smtp", RetryConfig.custom().maxAttempts(3).waitDuration(Duration.ofMillis(200)).build());
  private final Set<String> refusedOnce = ConcurrentHashMap.newKeySet();

  private JobsMain() {}

  /** Runs until a signal. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new JobsMain()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    // Whatever the jobs do: it is halted a second after the grace.
    return Program.run(Duration.ofSeconds(grace + 1), this::serve);
  }

  // @start region=serve
  private int serve(Context signal) throws InterruptedException {
    var life = Lifecycle.open(Context.root("mailer"), Duration.ofSeconds(grace), PATIENCE);
    var workers = Workers.open(life, "mails", 3, 100); // three at once; a hundred more may wait
    life.markReady();
    for (int i = 1; i <= jobs; i++) {
      submit(workers, signal, "mail " + i);
    }
    for (int i = 1; i <= newsletter; i++) {
      if (!submit(workers, signal, "newsletter " + i)) {
        break; // the queue is full: come back later
      }
    }
    System.out.println("Ctrl-C to end");
    signal.awaitDone();
    ShutdownReport report = life.shutdown();
    System.out.println("shut down: " + report);
    System.out.println(workers);
    System.out.println("never started: " + workers.neverStarted());
    report.stuck().forEach(each -> each.at().printStackTrace(System.out));
    return report.exitCode();
  }

  private boolean submit(Workers workers, Context ctx, String mail) {
    Submission answer = workers.submit(ctx, mail, LIMIT, job -> send(job, mail));
    return switch (answer) {
      case Accepted(var _) -> true;
      case Refused refused -> {
        System.out.println(mail + ": " + refused); // queue full: 100 of 100 waiting, 3 running
        yield false;
      }
    };
  }

  // @end region=serve

  // @start region=job
  private void send(Context job, String mail) throws Exception {
    String receipt =
        retry.call(
            job,
            attempt -> {
              Progress.report(job, "talking to the mail server");
              return talk(attempt, mail);
            });
    System.out.println(mail + ": sent, " + receipt);
  }

  // @end region=job

  /** Every seventh mail is refused once. */
  private String talk(Context ctx, String mail) throws Exception {
    if (deaf && mail.equals("mail 1")) {
      ignoreTheEnd();
    }
    ctx.sleep(Duration.ofMillis((long) (seconds * 1000)));
    if (mail.endsWith("7") && refusedOnce.add(mail)) {
      throw new IOException("451 try again later");
    }
    return "250 OK";
  }

  private static void ignoreTheEnd() {
    System.out.println("deaf");
    while (true) {
      Thread.onSpinWait();
    }
  }
}
