package dev.belay.demo.storm;

import dev.belay.demo.OrderService;
import dev.belay.spi.LiveContext;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Whether everything adds up after a storm, or after a fault. */
public final class Books {
  private static final String QUERIES =
      """
      select count(*) from pg_stat_activity
      where state <> 'idle' and backend_type = 'client backend' and pid <> pg_backend_pid()
      """;

  private static final long LOOKING_NANOS = 5_000_000_000L;
  private static final long PAUSE_NANOS = 1_000_000;

  private final OrderService service;
  private final List<String> wrong = new ArrayList<>();

  private Books(OrderService service) {
    this.service = service;
  }

  /**
   * What does not add up; empty if the books balance. The service must have nothing left to do.
   *
   * @param confirmed the orders that were answered 201
   */
  public static List<String> check(OrderService service, Collection<Long> confirmed)
      throws SQLException {
    var books = new Books(service);
    books.check(confirmed);
    return books.wrong;
  }

  private void check(Collection<Long> confirmed) throws SQLException {
    try (Connection connection = service.pool().getConnection();
        Statement sql = connection.createStatement()) {
      long orders = number(sql, "select count(*) from orders");
      confirmedOrders(sql, confirmed);
      equal(
          "captures − voids",
          number(sql, "select count(*) from charge where captured")
              - number(sql, "select count(*) from charge where captured and status = 'voided'"),
          "orders",
          orders);
      equal(
          "charges that stand but have no order",
          number(
              sql,
              """
              select count(*) from charge c where status = 'captured'
              and not exists (select 1 from orders o where o.order_key = c.idempotency_key
                              and o.total_cents = c.cents)
              """),
          "none",
          0);
      equal(
          "reservations still held",
          number(sql, "select count(*) from reservation where status in ('held', 'undoing')"),
          "none",
          0);
      equal(
          "reservations sold",
          number(sql, "select count(*) from reservation where status = 'sold'"),
          "orders",
          orders);
      equal(
          "products whose stock is not start − sold",
          number(
              sql,
              """
              select count(*) from product p where stock <> initial_stock - coalesce(
                (select sum(quantity) from reservation_item i join reservation r using (order_key)
                 where i.product_id = p.id and r.status = 'sold'), 0)
              """),
          "none",
          0);
      noneRemains("queries left in the server", () -> number(sql, QUERIES));
      equal(
          "mails sent or waiting",
          number(sql, "select count(*) from mail where status <> 'failed'"),
          "orders whose mail was not refused",
          orders - number(sql, "select count(*) from mail where status = 'failed'"));
      mails(sql);
    }
    leftovers();
  }

  private void confirmedOrders(Statement sql, Collection<Long> confirmed) throws SQLException {
    Set<Long> written = ids(sql, "select id from orders");
    Set<Long> seen = new HashSet<>();
    for (Long id : confirmed) {
      if (!seen.add(id)) {
        wrong.add("order " + id + " was confirmed twice");
      }
      if (!written.contains(id)) {
        wrong.add("order " + id + " was confirmed but is not in the books");
      }
    }
  }

  /** Every mail that was marked as sent since the embedded server was started is there. */
  private void mails(Statement sql) throws SQLException {
    Set<Long> sent = ids(sql, "select order_id from mail where status = 'sent'");
    Set<Long> received = new HashSet<>(mailed(service));
    for (Long id : received) {
      if (!sent.contains(id)) {
        wrong.add("order " + id + " has a mail that is not in the books");
      }
    }
    Long first = received.isEmpty() ? null : Collections.min(received);
    sent.removeIf(id -> first == null || id < first || received.contains(id));
    if (!sent.isEmpty() && service.mailServer() != null) {
      wrong.add("mails that were never received, of orders " + sent);
    }
  }

  /**
   * The orders that have more than one mail. That is right only where the database or the program
   * was killed between sending a mail and writing that it was sent.
   */
  static List<String> repeatedMails(OrderService service) {
    Set<Long> seen = new HashSet<>();
    return mailed(service).stream()
        .filter(id -> !seen.add(id))
        .map(id -> "order " + id + " has two mails")
        .toList();
  }

  /** The orders of all mails that the embedded server has received. */
  private static List<Long> mailed(OrderService service) {
    var server = service.mailServer();
    return server == null
        ? List.of()
        : Stream.of(server.getReceivedMessages()).map(Books::orderOf).toList();
  }

  private static long orderOf(MimeMessage mail) {
    try {
      return Long.parseLong(mail.getMessageID().replaceAll("[^0-9]", ""));
    } catch (MessagingException e) {
      throw new IllegalStateException("a mail that was received cannot be read", e);
    }
  }

  private void leftovers() throws SQLException {
    List<LiveContext> live = service.liveContexts();
    if (!live.isEmpty()) {
      wrong.add(live.size() + " live contexts, such as " + live.getFirst().context());
    }
    equal("requests still running", service.requests().running(), "none", 0);
    equal("payments still running", service.payments().running(), "none", 0);
    equal("orders to be undone", service.undoing().left(), "none", 0);
    noneRemains(
        "borrowed connections", () -> service.pool().getHikariPoolMXBean().getActiveConnections());
  }

  /** A count that may be looked at again. */
  private interface Look {
    long count() throws SQLException;
  }

  /** The workers look for mails now and then: what they use goes, what is left behind stays. */
  private void noneRemains(String what, Look look) throws SQLException {
    long end = System.nanoTime() + LOOKING_NANOS;
    long count = look.count();
    while (count > 0 && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE_NANOS);
      count = look.count();
    }
    equal(what, count, "none", 0);
  }

  /** The platform threads that are there now but were not before. */
  static List<String> surplusThreads(Set<String> before) {
    Set<String> surplus = new HashSet<>(threads());
    surplus.removeAll(before);
    return surplus.isEmpty() ? List.of() : List.of("surplus threads: " + surplus);
  }

  /** The platform threads, without the pools that grow and shrink by design. */
  static Set<String> threads() {
    Set<String> names = new HashSet<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      String name = thread.getName();
      if (!name.startsWith("ForkJoinPool-1-")
          && !name.startsWith("orders-http-")
          && !name.startsWith("payments-http-")
          && !name.startsWith("orders:connection-adder")
          && !name.startsWith("orders:connection-closer")
          && !name.startsWith("belay-timer")
          && !name.startsWith("VirtualThread-unblocker")
          && !name.startsWith("smtp:")) {
        names.add(name);
      }
    }
    return names;
  }

  private static Set<Long> ids(Statement sql, String query) throws SQLException {
    Set<Long> ids = new HashSet<>();
    try (var rows = sql.executeQuery(query)) {
      while (rows.next()) {
        ids.add(rows.getLong(1));
      }
    }
    return ids;
  }

  private static long number(Statement sql, String query) throws SQLException {
    try (var row = sql.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void equal(String what, long actual, String expectedWhat, long expected) {
    if (actual != expected) {
      wrong.add("%s: %d, but %s: %d".formatted(what, actual, expectedWhat, expected));
    }
  }
}
