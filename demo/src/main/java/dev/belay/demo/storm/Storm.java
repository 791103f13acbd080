package dev.belay.demo.storm;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.demo.OpenFiles;
import dev.belay.demo.OrderService;
import dev.belay.demo.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(60);

  /** Both ends of the customer's connection, and of that to the payment service. */
  private static final int FILES_PER_ORDER = 4;

  /**
   * What came of a storm.
   *
   * @param answers how many customers got which status; 0 for none
   * @param inTime how many orders were confirmed before their customer's deadline
   * @param wrong what does not add up; empty if the books balance
   */
  public record Result(Map<Integer, Integer> answers, int inTime, List<String> wrong) {
    /** How many orders were placed: all, unless the storm was ended. */
    public int placed() {
      return answers.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  private Storm() {}

  /** The most orders that may be placed at once. */
  public static int most() {
    return OpenFiles.forConnections() / FILES_PER_ORDER;
  }

  /** Runs a storm against a service of its own; whether the books balance. */
  public static boolean show(Context ctx, Settings settings, int orders, long seed)
      throws Exception {
    try (OrderService service = OrderService.start(ctx, settings)) {
      return show(ctx, service, orders, seed).wrong().isEmpty();
    }
  }

  /** Runs a storm with a progress bar and a summary; {@code ctx} ends it early. */
  static Result show(Context ctx, OrderService service, int orders, long seed) throws Exception {
    System.out.printf("placing %d orders, seed %d%n", orders, seed);
    Result result;
    try (ProgressBar bar =
        new ProgressBarBuilder().setTaskName("orders").setInitialMax(orders).build()) {
      result = run(ctx, service, orders, seed, bar::step);
    }
    if (ctx.isDone()) {
      System.out.printf(
          "ended by a signal: %d of %d orders were placed%n", result.placed(), orders);
    }
    result
        .answers()
        .forEach(
            (status, count) ->
                System.out.printf(
                    "  %5d  %s%n", count, status == 0 ? "left without an answer" : status));
    result.wrong().forEach(line -> System.out.println("  WRONG  " + line));
    System.out.println(
        result.wrong().isEmpty() ? "The books balance." : "The books do NOT balance.");
    return result;
  }

  /** Runs a storm against a service that has nothing else to do; {@code ctx} ends it early. */
  public static Result run(
      Context ctx, OrderService service, int orders, long seed, Runnable progress)
      throws Exception {
    int port = service.address().getPort();
    var random = new Random(seed);
    warmUp(port, random);
    service.awaitAnswered(IDLE_LIMIT);
    Set<String> threadsBefore = Books.threads();
    List<Outcome> outcomes = place(ctx, port, orders, random, progress);
    awaitIdle(service);
    Map<Integer, Integer> answers = new TreeMap<>();
    outcomes.forEach(outcome -> answers.merge(outcome.status(), 1, Integer::sum));
    int inTime =
        (int) outcomes.stream().filter(one -> one.orderId() != null && one.inTime()).count();
    List<Long> confirmed =
        outcomes.stream().map(Outcome::orderId).filter(Objects::nonNull).toList();
    List<String> wrong = Books.check(service, confirmed);
    wrong.addAll(Books.repeatedMails(service));
    wrong.addAll(Books.surplusThreads(threadsBefore));
    return new Result(answers, inTime, wrong);
  }

  /** The first order makes the threads that stay: the HTTP client's, for one. */
  private static void warmUp(int port, Random random) throws IOException {
    try (var clock = Customer.clock()) {
      new Customer(port, 0, random).order(Context.background(), clock);
    }
  }

  /** What each customer has seen who came before {@code ctx} ended. */
  private static List<Outcome> place(
      Context ctx, int port, int orders, Random random, Runnable progress)
      throws InterruptedException, ExecutionException {
    var start = new CountDownLatch(1);
    List<Future<Optional<Outcome>>> running = new ArrayList<>();
    List<Outcome> outcomes = new ArrayList<>();
    try (var clock = Customer.clock();
        var customers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < orders; i++) {
        var customer = new Customer(port, i, random);
        running.add(
            customers.submit(
                () -> {
                  start.await();
                  if (ctx.isDone()) {
                    return Optional.empty();
                  }
                  Outcome outcome = customer.order(ctx, clock);
                  progress.run();
                  return Optional.of(outcome);
                }));
      }
      start.countDown();
      for (Future<Optional<Outcome>> customer : running) {
        customer.get().ifPresent(outcomes::add);
      }
    }
    return outcomes;
  }

  /** Abandoned orders are undone after the customer has left: waits for that, and for the mails. */
  public static void awaitIdle(OrderService service) throws Exception {
    service.awaitAnswered(IDLE_LIMIT);
    try (CancellableContext limit = Context.background().withTimeout(IDLE_LIMIT)) {
      service.undoing().drain(limit);
      service.mails().drain(limit);
      while (service.pool().getHikariPoolMXBean().getActiveConnections() > 0) {
        limit.sleep(Duration.ofMillis(5));
      }
    }
  }
}
