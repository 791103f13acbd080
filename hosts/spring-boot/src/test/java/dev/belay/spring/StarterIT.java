package dev.belay.spring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.testkit.SharedThreads;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** An ordinary application, with the starter and no code of Belay's. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SharedThreads({"HikariPool-", "http-nio-", "HttpClient-", "tomcat-handler-", "Catalina-"})
class StarterIT {
  private static final long PATIENCE = 60;
  private static final CompletableFuture<Context> ARGUMENT = new CompletableFuture<>();

  private EmbeddedPostgres postgres;
  private ConfigurableApplicationContext application;
  private int port;

  /** The application. */
  @SpringBootApplication
  @RestController
  static class Shop {
    private final JdbcTemplate sql;
    private final RestClient rates;

    Shop(JdbcTemplate sql, RestClient.Builder clients) {
      this.sql = sql;
      this.rates = clients.build();
    }

    @GetMapping("/rates")
    String rates(@RequestParam URI from) {
      return rates.get().uri(from).retrieve().body(String.class);
    }

    @GetMapping("/posts")
    String posts(@RequestParam URI to) {
      return rates.post().uri(to).header("X-Shop", "7").body("order").retrieve().body(String.class);
    }

    // @start region=controller
    @GetMapping("/sleep")
    void sleep() {
      sql.queryForList("select pg_sleep(60)"); // ends when the client leaves
    }

    @GetMapping("/wait")
    String waiting(Context ctx) throws InterruptedException {
      ctx.sleep(Duration.ofMinutes(1)); // so does this
      return "a minute later";
    }

    // @end region=controller

    @GetMapping("/context")
    String context(Context ctx) throws InterruptedException {
      ARGUMENT.complete(ctx);
      ctx.awaitDone();
      ctx.throwIfDone();
      return "never";
    }

    @GetMapping("/fails")
    String fails() {
      throw new IllegalStateException("on purpose");
    }
  }

  @BeforeAll
  void start() throws IOException {
    postgres = EmbeddedPostgres.start();
    application =
        SpringApplication.run(
            Shop.class,
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--spring.datasource.url=" + postgres.jdbcUrl(),
            "--spring.threads.virtual.enabled=true",
            "--management.endpoints.web.exposure.include=contexts");
    port =
        Integer.parseInt(
            String.valueOf(application.getEnvironment().getProperty("local.server.port")));
  }

  @AfterAll
  void stop() {
    application.close();
    postgres.close();
  }

  @Test
  void theQueryOfAClientThatLeavesIsGoneFromTheDatabase() throws Exception {
    try (Connection watcher = DriverManager.getConnection(postgres.jdbcUrl())) {
      Http1Client client = Http1Client.plain(port);
      client.get("/sleep");
      awaitSleepers(watcher, 1);
      client.close();
      awaitSleepers(watcher, 0);
    }
  }

  @Test
  void theActuatorShowsTheQueryAndTheRequestItIsFor() throws Exception {
    try (Connection watcher = DriverManager.getConnection(postgres.jdbcUrl());
        Http1Client client = Http1Client.plain(port);
        Http1Client operator = Http1Client.plain(port)) {
      client.get("/sleep");
      awaitSleepers(watcher, 1);
      assertThat(operator.get("/actuator/contexts/waits").answer().body())
          .contains("PostgreSQL statement: select pg_sleep(?)")
          .contains("GET /sleep");
      assertThat(operator.get("/actuator/contexts/tree").answer().body())
          .contains("GET /sleep")
          .contains(" in PostgreSQL statement: select pg_sleep(?)");
      var snapshot = operator.get("/actuator/contexts").answer();
      assertThat(snapshot.status()).isEqualTo(200);
      assertThat(snapshot.body())
          .startsWith("{\"format\":1,")
          .contains("\"subject\":\"select pg_sleep(?)\"");
      assertThat(operator.get("/actuator/contexts/values").answer().status()).isEqualTo(404);
      client.close();
      awaitSleepers(watcher, 0);
    }
  }

  /** Looks again and again; a query that is not cancelled sleeps for longer than this looks. */
  private static void awaitSleepers(Connection watcher, int count) throws SQLException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE);
    int seen = -1;
    while (seen != count && System.nanoTime() < end) {
      seen = sleepers(watcher);
    }
    assertThat(seen).isEqualTo(count);
  }

  private static int sleepers(Connection watcher) throws SQLException {
    String query =
        "select count(*) from pg_stat_activity where state = 'active' and query like '%pg_sleep(60%'"
            + " and pid <> pg_backend_pid()";
    try (var statement = watcher.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void aControllerGetsTheRequestsContext() throws Exception {
    Http1Client client = Http1Client.plain(port);
    client.get("/context");
    Context ctx = ARGUMENT.get(PATIENCE, TimeUnit.SECONDS);
    var ended = new CompletableFuture<Context>();
    ctx.onDone(() -> ended.complete(ctx));
    client.close();
    assertThat(ended.get(PATIENCE, TimeUnit.SECONDS).cause()).hasMessageContaining("client gone");
  }

  @Test
  void aQueryWithoutTimeIsAnsweredWith504() throws Exception {
    try (Http1Client client = Http1Client.plain(port)) {
      var pending = client.get("/sleep", "Belay-Timeout-Ms", "300");
      assertThat(pending.answer().status()).isEqualTo(504);
    }
  }

  @Test
  void aWaitWithoutTimeIsAnsweredWith504() throws Exception {
    try (Http1Client client = Http1Client.plain(port)) {
      var pending = client.get("/wait", "Belay-Timeout-Ms", "300");
      assertThat(pending.answer().status()).isEqualTo(504);
    }
  }

  // ---- requests to others

  private static String path(String path, String parameter, URI uri) {
    return path + "?" + parameter + "=" + URLEncoder.encode(uri.toString(), UTF_8);
  }

  @Test
  void aRequestToAnotherServiceSendsTheTimeThatIsLeft() throws Exception {
    try (FaultServer other = FaultServer.http1();
        Http1Client client = Http1Client.plain(port)) {
      String left = client.get(path("/rates", "from", other.uri("/field"))).answer().body();
      assertThat(Long.parseLong(left)).isBetween(1L, 30_000L);
      assertThat(client.get(path("/rates", "from", other.uri("/moved"))).answer().body())
          .isEqualTo("ok");
      assertThat(client.get(path("/posts", "to", other.uri("/ok"))).answer().body())
          .isEqualTo("ok");
    }
  }

  @Test
  void aRequestToAnotherServiceEndsWhenTheClientLeaves() throws Exception {
    try (FaultServer other = FaultServer.http1()) {
      for (String stalling : List.of("/hang", "/stall")) {
        Http1Client client = Http1Client.plain(port);
        client.get(path("/rates", "from", other.uri(stalling)));
        other.busy.await(1);
        client.close();
        other.busy.await(0);
      }
    }
  }

  @Test
  void aRequestToAnotherServiceThatHasNoTimeIsAnsweredWith504() throws Exception {
    try (FaultServer other = FaultServer.http1();
        Http1Client client = Http1Client.plain(port)) {
      var pending =
          client.get(path("/rates", "from", other.uri("/hang")), "Belay-Timeout-Ms", "300");
      assertThat(pending.answer().status()).isEqualTo(504);
    }
  }

  @Test
  void otherFailuresAreSprings() throws Exception {
    try (Http1Client client = Http1Client.plain(port)) {
      assertThat(client.get("/fails").answer().status()).isEqualTo(500);
    }
  }

  @Test
  void everyDataSourceIsUnderContexts() {
    assertThat(application.getBean(DataSource.class)).isInstanceOf(ContextDataSource.class);
  }
}
