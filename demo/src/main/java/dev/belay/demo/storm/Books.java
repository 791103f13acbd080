package dev.belay.demo.storm;

import dev.belay.demo.OrderService;
import dev.belay.spi.LiveContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Whether everything adds up after a storm. */
final class Books {
  private final OrderService service;
  private final List<String> wrong = new ArrayList<>();

  Books(OrderService service) {
    this.service = service;
  }

  /** What does not add up; empty if the books balance. */
  List<String> check(List<Outcome> outcomes, Set<String> threadsBefore) throws Exception {
    try (Connection connection = service.pool().getConnection();
        Statement sql = connection.createStatement()) {
      long orders = number(sql, "select count(*) from orders");
      answeredOrders(sql, outcomes);
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
      equal(
          "queries left in the server",
          number(
              sql,
              """
              select count(*) from pg_stat_activity
              where state <> 'idle' and backend_type = 'client backend'
              and pid <> pg_backend_pid() and query not like '%from mail m%'
              """),
          "none",
          0);
      mails(orders);
    }
    leftovers(threadsBefore);
    return wrong;
  }

  private void answeredOrders(Statement sql, List<Outcome> outcomes) throws SQLException {
    Set<Long> written = new HashSet<>();
    try (var rows = sql.executeQuery("select id from orders")) {
      while (rows.next()) {
        written.add(rows.getLong(1));
      }
    }
    Set<Long> answered = new HashSet<>();
    for (Outcome outcome : outcomes) {
      Long id = outcome.orderId();
      if (id != null && !answered.add(id)) {
        wrong.add("order " + id + " was answered twice");
      }
      if (id != null && !written.contains(id)) {
        wrong.add("order " + id + " was answered 201 but is not in the books");
      }
    }
  }

  private void mails(long orders) {
    var server = service.mailServer();
    if (server == null) {
      return;
    }
    Set<String> ids = new HashSet<>();
    int count = 0;
    for (var message : server.getReceivedMessages()) {
      try {
        ids.add(message.getMessageID());
        count++;
      } catch (jakarta.mail.MessagingException e) {
        wrong.add("a mail cannot be read: " + e);
      }
    }
    equal("distinct Message-IDs", ids.size(), "orders", orders);
    equal("mails", count, "orders", orders);
  }

  private void leftovers(Set<String> threadsBefore) {
    List<LiveContext> live = service.liveContexts();
    if (!live.isEmpty()) {
      wrong.add(live.size() + " live contexts, such as " + live.getFirst().context());
    }
    equal("requests still running", service.requests().running(), "none", 0);
    equal("payments still running", service.payments().running(), "none", 0);
    equal(
        "borrowed connections",
        service.pool().getHikariPoolMXBean().getActiveConnections(),
        "none",
        0);
    Set<String> surplus = new HashSet<>(threads());
    surplus.removeAll(threadsBefore);
    if (!surplus.isEmpty()) {
      wrong.add("surplus threads: " + surplus);
    }
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
