package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.postgres.EmbeddedPostgres;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an undoing locks, and in which order. */
class UndoingIT extends ShopTesting {
  @AutoClose private static EmbeddedPostgres database;

  /** A database that reads tables from front to back, whatever the order of what it looks for. */
  @BeforeAll
  static void scanning() throws Exception {
    database = EmbeddedPostgres.start();
    open(
        Settings.embedded()
            .withPostgres(
                database.jdbcUrl()
                    + "&options=-c%20enable_nestloop=off%20-c%20enable_mergejoin=off"));
    try (var connection = DriverManager.getConnection(database.jdbcUrl());
        var sql = connection.createStatement()) {
      sql.execute("update product set name = name where id = 1"); // moves it to the end
    }
  }

  @Test
  void productsAreLockedInTheOrderInWhichAllOthersLockThem() throws Exception {
    String both = ORDER.replace("}]", "},{\"productId\":2,\"quantity\":1}]");
    try (Connection blocker = DriverManager.getConnection(database.jdbcUrl());
        Statement sql = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      try (Socket customer = Program.order(shop.address().getPort(), "charge=60s", both)) {
        awaitHeld();
        sql.execute("select id from product where id = 1 for update");
      }
      while (number("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 0) {
        Thread.onSpinWait();
      }
      assertThat(sql.execute("select id from product where id = 2 for update nowait")).isTrue();
      blocker.rollback();
    }
  }

  private static void awaitHeld() throws Exception {
    while (number("select count(*) from reservation where status = 'held'") == 0) {
      Thread.onSpinWait();
    }
  }
}
