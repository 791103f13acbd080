package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.postgres.EmbeddedPostgres;
import java.net.http.HttpResponse;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PostgreSQL is killed with SIGKILL, all its processes at once, and started again. */
class DatabaseKilledIT extends ShopTesting {
  private static final int CUSTOMERS = 60;

  @AutoClose private static EmbeddedPostgres database;

  private final LogCapture log = LogCapture.open();

  @BeforeAll
  static void mortal() throws Exception {
    database = EmbeddedPostgres.start();
    open(Settings.embedded().withPostgres(database.jdbcUrl()));
  }

  @AfterEach
  void theShopGoesOn() throws Exception {
    // The pool finds its broken connections one by one: each may cost a customer an answer.
    HttpResponse<String> answer = order(ORDER);
    for (int i = 0; i < shop.pool().getMaximumPoolSize() && answer.statusCode() == 503; i++) {
      log.assertExplained(answer.body());
      answer = order(ORDER);
    }
    log.close();
    assertSound(shop);
  }

  @Test
  void ordersInTheMiddleAreToldAndUndoneAndNoConfirmedOneIsLost() throws Exception {
    var placed = new CountDownLatch(CUSTOMERS / 3);
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (var customers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CUSTOMERS; i++) {
        String slow = List.of("stock=100ms", "charge=100ms", "order=100ms").get(i % 3);
        answers.add(
            customers.submit(
                () -> {
                  HttpResponse<String> answer = order(ORDER, "X-Demo-Slow", slow);
                  placed.countDown();
                  return answer;
                }));
      }
      placed.await(); // a third is done, a third is under way, a third waits for a connection
      database.kill();
      database.restart();
    }
    Set<Integer> statuses = new TreeSet<>();
    for (var answer : answers) {
      int status = answer.get().statusCode();
      statuses.add(status);
      if (status != 201) {
        assertThat(status).isEqualTo(503);
        assertThat(log.assertExplained(answer.get().body())).contains("try again");
      }
    }
    assertThat(statuses).as("some were caught in the middle").contains(201, 503);
  }

  @Test
  void whileItIsDownCustomersAreToldWhenTheirTimeIsUp() throws Exception {
    database.kill();
    try {
      HttpResponse<String> answer = order(ORDER, "Belay-Timeout-Ms", "500");
      assertThat(answer.statusCode()).isIn(503, 504);
      log.assertExplained(answer.body());
    } finally {
      database.restart();
    }
  }

  @Test
  void theClaimOnTheDatabaseIsMadeAgain() throws Exception {
    database.kill();
    database.restart();
    while (locks() == 0) {
      Thread.onSpinWait();
    }
    assertThatThrownBy(
            () ->
                OrderService.start(
                    Context.background(), Settings.embedded().withPostgres(database.jdbcUrl())))
        .hasMessageContaining("another order service uses this database");
  }

  private static int locks() throws SQLException {
    try (var connection = DriverManager.getConnection(database.jdbcUrl());
        var sql = connection.createStatement();
        var row = sql.executeQuery("select count(*) from pg_locks where locktype = 'advisory'")) {
      row.next();
      return row.getInt(1);
    }
  }
}
