package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.postgres.EmbeddedPostgres;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The connection breaks while an order is committed, and nobody has heard whether it was. */
class UnknownCommitIT extends ShopTesting {
  @AutoClose private static EmbeddedPostgres database;
  @AutoClose private static CutAtCommit proxy;

  @BeforeAll
  static void detour() throws Exception {
    database = EmbeddedPostgres.start();
    proxy = new CutAtCommit(database.port());
    String url = database.jdbcUrl().replace(":" + database.port(), ":" + proxy.port());
    // Every statement as text, so that the proxy sees what it is.
    open(Settings.embedded().withPostgres(url + "&prepareThreshold=0"));
  }

  @Test
  void anOrderThatWasCommittedIsConfirmedAllTheSame() throws Exception {
    try (LogCapture log = LogCapture.open()) {
      proxy.arm();
      HttpResponse<String> answer = order(ORDER);
      assertThat(proxy.cuts()).isEqualTo(1);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
      assertThat(log.lines()).anyMatch(line -> line.endsWith("had reached the books, stands"));
    }
    assertThat(number("select count(*) from orders")).isEqualTo(1);
  }
}
