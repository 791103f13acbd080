package dev.belay.demo.storm;

import dev.belay.Context;
import dev.belay.demo.OrderService;
import dev.belay.demo.Settings;
import dev.belay.demo.WorkForNobody;
import java.sql.SQLException;
import java.time.Duration;

/** The same storm twice, with contexts and without, and what was done for nobody in each. */
public final class WithAndWithout {
  private WithAndWithout() {}

  /** The shop's books at one moment. */
  private record Count(long orders, long charges, long voided, long mails) {
    static Count of(OrderService service) throws SQLException {
      try (var connection = service.pool().getConnection();
          var sql = connection.createStatement();
          var row =
              sql.executeQuery(
                  """
                  select (select count(*) from orders),
                    (select count(*) from charge where captured),
                    (select count(*) from charge where captured and status = 'voided'),
                    (select count(*) from mail where status = 'sent')
                  """)) {
        row.next();
        return new Count(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
      }
    }

    Count since(Count before) {
      return new Count(
          orders - before.orders,
          charges - before.charges,
          voided - before.voided,
          mails - before.mails);
    }
  }

  /**
   * What a storm has come to.
   *
   * @param useful how many orders were confirmed to somebody who was still there, in time
   * @param done what was written, the first order of each storm included
   */
  private record Side(
      int customers,
      int useful,
      Count done,
      WorkForNobody.Report work,
      Duration time,
      boolean balanced) {}

  /** Runs both and shows them beside each other; whether the books balance in both. */
  public static boolean show(Context ctx, Settings settings, int orders, long seed)
      throws Exception {
    System.out.println("With contexts:");
    Side with = run(ctx, settings, orders, seed);
    if (ctx.isDone()) {
      return with.balanced; // told to end: the other half would not be the same storm
    }
    System.out.println("Without contexts:");
    Side without = run(ctx, settings.withoutContexts(), orders, seed);
    if (!ctx.isDone()) {
      print(with, without);
    }
    return with.balanced && without.balanced;
  }

  private static Side run(Context ctx, Settings settings, int orders, long seed) throws Exception {
    try (OrderService service = OrderService.start(ctx, settings)) {
      Count before = Count.of(service);
      long begun = System.nanoTime();
      Storm.Result result = Storm.show(ctx, service, orders, seed);
      return new Side(
          result.placed(),
          result.inTime(),
          Count.of(service).since(before),
          service.workForNobody().report(),
          Duration.ofNanos(System.nanoTime() - begun),
          result.wrong().isEmpty());
    }
  }

  private static void print(Side with, Side without) {
    System.out.printf("%n%-58s%10s%10s%n", "Done for customers who had gone:", "with", "without");
    row("orders written", with.done.orders - useful(with), without.done.orders - useful(without));
    row("charges made", with.done.charges - useful(with), without.done.charges - useful(without));
    row("  of these voided again", with.done.voided, without.done.voided);
    row("mails sent", with.done.mails - useful(with), without.done.mails - useful(without));
    row("queries of the shop that ran to their end", with.work.queries(), without.work.queries());
    row("queries to undo", with.work.undoingQueries(), without.work.undoingQueries());
    row("seconds of request threads", seconds(with.work.time()), seconds(without.work.time()));
    row("threads at it, at most", with.work.mostThreads(), without.work.mostThreads());
    System.out.println("For comparison:");
    row("customers", with.customers, without.customers);
    row("  confirmed in time", with.useful, without.useful);
    row(
        "  gone before the work for them had ended",
        with.work.customers(),
        without.work.customers());
    row("seconds that the storm took", seconds(with.time), seconds(without.time));
  }

  /** The first order of a storm, which only warms up, is useful too. */
  private static long useful(Side side) {
    return side.useful + 1L;
  }

  private static String seconds(Duration time) {
    return "%.1f".formatted(time.toMillis() / 1000.0);
  }

  private static void row(String what, Object with, Object without) {
    System.out.printf("  %-56s%10s%10s%n", what, with, without);
  }
}
