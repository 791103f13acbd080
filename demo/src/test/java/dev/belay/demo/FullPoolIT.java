package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every connection of the pool is in use, for longer than customers have time. */
class FullPoolIT extends EmbeddedShopTesting {
  private static final int LATE = 40;

  private final List<Connection> borrowed = new ArrayList<>();
  private final LogCapture log = LogCapture.open();

  @BeforeEach
  void empty() throws Exception {
    // The workers that send mails borrow too, and bring back.
    for (int i = 0; i < shop.pool().getMaximumPoolSize(); i++) {
      borrowed.add(shop.pool().getConnection());
    }
  }

  @AfterEach
  void fill() throws Exception {
    giveBack();
    log.close();
    assertThat(order(ORDER).statusCode()).isEqualTo(201);
  }

  private void giveBack() throws Exception {
    for (Connection connection : borrowed) {
      connection.close();
    }
    borrowed.clear();
  }

  @Test
  void whoHasNoTimeToWaitIsToldThatNothingWasDone() throws Exception {
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (var customers = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < LATE; i++) {
        answers.add(customers.submit(() -> order(ORDER, "Belay-Timeout-Ms", "300")));
      }
    }
    for (var answer : answers) {
      assertThat(answer.get().statusCode()).isEqualTo(504);
      assertThat(log.assertExplained(answer.get().body()))
          .isEqualTo("time was up before the order was confirmed; nothing of it is left");
    }
    assertThat(log.lines()).anyMatch(line -> line.contains("waiting for a connection"));
  }

  @Test
  void whatNeedsNoConnectionIsServedAndWhoWaitsIsServedInTheEnd() throws Exception {
    try (var customers = Executors.newVirtualThreadPerTaskExecutor()) {
      var patient = customers.submit(() -> order(ORDER));
      while (shop.pool().getHikariPoolMXBean().getThreadsAwaitingConnection() == 0) {
        Thread.onSpinWait();
      }
      var health = http.send(to("/healthz").build(), BodyHandlers.ofString());
      assertThat(health.statusCode()).isEqualTo(200);
      giveBack();
      assertThat(patient.get().statusCode()).isEqualTo(201);
    }
  }
}
