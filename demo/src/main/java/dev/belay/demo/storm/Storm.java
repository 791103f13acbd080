package dev.belay.demo.storm;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.demo.OrderService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;

/**
 * Many orders at once from raw sockets: a third of the customers drop their connection at a random
 * moment, a third have a short deadline, a third wait.
 */
public final class Storm {
  /** Longer than any order takes to be undone. */
  private static final Duration SETTLE_LIMIT = Duration.ofSeconds(60);

  /**
   * What came of a storm.
   *
   * @param answers how many customers got which status; 0 for none
   * @param wrong what does not add up; empty if the books balance
   */
  public record Result(Map<Integer, Integer> answers, List<String> wrong) {}

  private Storm() {}

  /** Runs a storm with a progress bar and a summary; whether the books balance. */
  public static boolean show(OrderService service, int orders, long seed) throws Exception {
    Result result;
    try (ProgressBar bar =
        new ProgressBarBuilder().setTaskName("orders").setInitialMax(orders).build()) {
      result = run(service, orders, seed, bar::step);
    }
    System.out.printf("%d orders, seed %d%n", orders, seed);
    result
        .answers()
        .forEach(
            (status, count) ->
                System.out.printf(
                    "  %5d  %s%n", count, status == 0 ? "left without an answer" : status));
    result.wrong().forEach(line -> System.out.println("  WRONG  " + line));
    System.out.println(
        result.wrong().isEmpty() ? "The books balance." : "The books do NOT balance.");
    return result.wrong().isEmpty();
  }

  /** Runs a storm against a service that has nothing else to do. */
  public static Result run(OrderService service, int orders, long seed, Runnable progress)
      throws Exception {
    int port = service.address().getPort();
    var random = new Random(seed);
    warmUp(port, random);
    service.requests().awaitNone(SETTLE_LIMIT);
    Set<String> threadsBefore = Books.threads();
    List<Outcome> outcomes = place(port, orders, random, progress);
    settle(service);
    Map<Integer, Integer> answers = new TreeMap<>();
    outcomes.forEach(outcome -> answers.merge(outcome.status(), 1, Integer::sum));
    return new Result(answers, new Books(service).check(outcomes, threadsBefore));
  }

  /** The first order makes the threads that stay: the HTTP client's, for one. */
  private static void warmUp(int port, Random random) throws IOException {
    try (var clock = Customer.clock()) {
      new Customer(port, 0, random).order(clock);
    }
  }

  private static List<Outcome> place(int port, int orders, Random random, Runnable progress)
      throws InterruptedException, ExecutionException {
    var start = new CountDownLatch(1);
    List<Future<Outcome>> running = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    try (var clock = Customer.clock();
        var customers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < orders; i++) {
        var customer = new Customer(port, i, random);
        running.add(
            customers.submit(
                () -> {
                  start.await();
                  Outcome outcome = customer.order(clock);
                  progress.run();
                  return outcome;
                }));
      }
      start.countDown();
      for (Future<Outcome> customer : running) {
        outcomes.add(customer.get());
      }
    }
    return outcomes;
  }

  /** What was given up is undone after the customer has left: waits for that, and for the mails. */
  private static void settle(OrderService service) throws Exception {
    service.requests().awaitNone(SETTLE_LIMIT);
    service.payments().awaitNone(SETTLE_LIMIT);
    try (CancellableContext limit = Context.background().withTimeout(SETTLE_LIMIT)) {
      service.mails().drain(limit);
      while (service.pool().getHikariPoolMXBean().getActiveConnections() > 0) {
        limit.sleep(Duration.ofMillis(5));
      }
    }
  }
}
