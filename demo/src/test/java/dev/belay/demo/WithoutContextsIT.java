package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.demo.storm.Storm;
import java.net.Socket;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The same customer leaves twice: once his order's work is told, once it is not. */
class WithoutContextsIT extends ShopTesting {

  @Test
  void withContextsNothingIsDoneForACustomerWhoHasLeft() throws Exception {
    open(Settings.embedded());
    try (Connection blocker = blockStock()) {
      leaveAnOrder();
      assertThat(shop.awaitAnswered(Duration.ofSeconds(60))).isTrue();
      blocker.rollback();
    }
    Storm.awaitIdle(shop);
    WorkForNobody.Report report = shop.workForNobody().report();
    assertThat(report.customers()).isEqualTo(1);
    assertThat(report.queries()).isZero();
    assertThat(number("select count(*) from orders")).isZero();
    assertThat(number("select count(*) from charge where captured")).isZero();
  }

  @Test
  void withoutContextsHisOrderIsTakenAllTheSame() throws Exception {
    open(Settings.embedded().withoutContexts());
    try (Connection blocker = blockStock()) {
      leaveAnOrder();
      assertThat(shop.requests().running()).as("nobody has told the handler").isEqualTo(1);
      blocker.rollback();
    }
    Storm.awaitIdle(shop);
    WorkForNobody.Report report = shop.workForNobody().report();
    assertThat(report.customers()).isEqualTo(1);
    assertThat(report.mostThreads()).isEqualTo(1);
    assertThat(report.time()).isPositive();
    // The update that was blocked, what of it was reserved, the sale, the order and its mail.
    assertThat(report.queries()).isEqualTo(5);
    assertThat(report.undoingQueries()).isZero();
    assertThat(number("select count(*) from orders")).isEqualTo(1);
    assertThat(number("select count(*) from charge where status = 'captured'")).isEqualTo(1);
    assertThat(number("select count(*) from mail where status = 'sent'")).isEqualTo(1);
  }

  @Test
  void theStormIsShownBesideItself() throws Exception {
    try (Program program = Program.start("--without-contexts", "--storm", "300")) {
      program.awaitLine("Done for customers who had gone:");
      Matcher orders =
          Pattern.compile("orders written +([0-9]+) +([0-9]+)")
              .matcher(program.awaitLine("orders written"));
      assertThat(orders.find()).isTrue();
      assertThat(Long.parseLong(orders.group(2))).isGreaterThan(Long.parseLong(orders.group(1)));
      program.awaitLine("seconds that the storm took");
      assertThat(program.exitCode()).isZero();
    }
  }

  /** Holds the row that the order has to update. */
  private static Connection blockStock() throws Exception {
    Connection connection = shop.pool().getConnection();
    connection.setAutoCommit(false);
    try (Statement sql = connection.createStatement()) {
      sql.execute("select id from product where id = 1 for update");
    }
    return connection;
  }

  /** Returns when the server has noticed that the customer has left. */
  private static void leaveAnOrder() throws Exception {
    try (Socket customer = Program.order(shop.address().getPort(), "order=0s")) {
      while (number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 0) {
        Thread.onSpinWait();
      }
    }
    while (shop.workForNobody().report().customers() == 0) {
      Thread.onSpinWait();
    }
  }
}
