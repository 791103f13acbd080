package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.demo.storm.Storm;
import dev.belay.postgres.EmbeddedPostgres;
import java.net.Socket;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The program is killed with SIGKILL while it takes orders; the next one finds them. */
class KilledProcessIT extends ShopTesting {
  private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");

  @AutoClose private static EmbeddedPostgres database;

  @BeforeAll
  static void outliving() throws Exception {
    database = EmbeddedPostgres.start();
    open(Settings.embedded().withPostgres(database.jdbcUrl()));
  }

  @Test
  void theNextStartUndoesWhatWasHalfDoneAndKeepsWhatWasConfirmed() throws Exception {
    shop.close(); // the database is the other program's now
    try (Program program = Program.start("--port", "0", "--postgres", database.jdbcUrl())) {
      int port = program.awaitPort();
      for (int i = 0; i < 3; i++) {
        CONFIRMED.add(confirmed(Program.order(port, "order=0ms")));
      }
      List<Socket> halfDone = new ArrayList<>();
      for (String step : List.of("stock", "charge", "order", "order")) {
        halfDone.add(Program.order(port, step + "=60s"));
      }
      // Three hold stock, of which two have paid; one is not even that far.
      while (count("select count(*) from reservation where status = 'held'") != 3
          || count("select count(*) from charge where captured") != CONFIRMED.size() + 2) {
        Thread.onSpinWait();
      }
      try (Program second = Program.start("--port", "0", "--postgres", database.jdbcUrl())) {
        assertThat(second.rest())
            .contains("not started: another order service uses this database; stop it")
            .doesNotContain("\tat ");
        assertThat(second.exitCode()).isEqualTo(1);
      }

      program.signal("KILL");

      assertThat(program.exitCode()).isEqualTo(137);
      for (Socket customer : halfDone) {
        customer.close();
      }
    }
    // PostgreSQL looks twice a second whether those it works for are still there.
    while (count("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") != 0) {
      Thread.onSpinWait();
    }
    long orders = count("select count(*) from orders");
    shop = OrderService.start(Context.background(), settings());
    Storm.awaitIdle(shop);
    // The server looks every 500 ms whether a query still has a client.
    while (count("select count(*) from pg_stat_activity where wait_event = 'PgSleep'") != 0) {
      Thread.onSpinWait();
    }
    assertThat(count("select count(*) from orders")).isEqualTo(orders);
    assertThat(count("select count(*) from charge where captured and status = 'voided'"))
        .isEqualTo(2);
    assertSound(shop);
  }

  @Test
  void itsOwnPostgresGoesWithIt() throws Exception {
    try (Program program = Program.start("--port", "0")) {
      program.awaitPort();
      List<ProcessHandle> started = program.descendants();
      assertThat(started).as("the server, its sessions and its watchdog").hasSizeGreaterThan(2);
      program.signal("KILL");
      for (ProcessHandle process : started) {
        process.onExit().get(60, TimeUnit.SECONDS);
      }
    }
  }

  private static Settings settings() {
    return Settings.embedded().withPostgres(database.jdbcUrl());
  }

  private static long confirmed(Socket customer) throws Exception {
    try (customer) {
      String answer = Program.answer(customer);
      assertThat(answer).startsWith("HTTP/1.1 201 ");
      Matcher id = ID.matcher(answer);
      assertThat(id.find()).isTrue();
      return Long.parseLong(id.group(1));
    }
  }

  /** Past any service: there is none while the program is dead. */
  private static long count(String query) throws SQLException {
    try (var connection = DriverManager.getConnection(database.jdbcUrl());
        var sql = connection.createStatement();
        var row = sql.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
