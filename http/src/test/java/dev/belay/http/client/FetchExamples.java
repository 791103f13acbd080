package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.group.Hedge;
import dev.belay.group.TaskGroup;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Many requests under one context; the servers say whether the losers were stopped. */
class FetchExamples {
  private final HttpClient jdk = HttpClient.newHttpClient();
  private final ContextHttpClient http = ContextHttpClient.of(jdk);
  private FaultServer server;
  private FaultServer other;

  @BeforeEach
  void open() throws IOException {
    server = FaultServer.http1();
    other = FaultServer.http1();
  }

  @AfterEach
  void close() throws Exception {
    jdk.shutdownNow();
    jdk.close();
    server.open.await(0);
    other.open.await(0);
    server.close();
    other.close();
  }

  // @start region=fetch
  String fetch(Context ctx, URI address) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(address).build();
    HttpResponse<String> response = http.send(ctx, request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(address + " answered " + response.statusCode());
    }
    return response.body();
  }

  // @end region=fetch

  // @start region=all
  /** All answers in the order of the addresses; the first failure ends the other requests. */
  List<String> fetchAll(Context ctx, List<URI> addresses) throws Exception {
    return TaskGroup.map(ctx, addresses, 16, this::fetch);
  }

  // @end region=all

  // @start region=first
  /** The first answer; the other requests are ended. */
  String fetchFirstSuccess(Context ctx, List<URI> mirrors) throws Exception {
    try (var group = TaskGroup.<String>firstSuccess(ctx)) {
      for (URI mirror : mirrors) {
        group.fork(mirror.getAuthority(), c -> fetch(c, mirror));
      }
      return group.join();
    }
  }

  // @end region=first

  // @start region=hedge
  private static final Hedge HEDGE = Hedge.after(Duration.ofMillis(200));

  /** A second request if the first one takes more than 200 ms, or fails. */
  String fetchHedged(Context ctx, URI address) throws Exception {
    return HEDGE.call(ctx, c -> fetch(c, address));
  }

  // @end region=hedge

  @Test
  void allAnswersInOrder(Context ctx) throws Exception {
    assertThat(fetchAll(ctx, List.of(server.uri("/ok"), other.uri("/ok"))))
        .containsExactly("ok", "ok");
  }

  @Test
  void aFailureEndsTheOtherRequestsAtTheirServers(Context ctx) throws Exception {
    URI nobody = nobody();
    assertThatThrownBy(
            () -> {
              try (var group = TaskGroup.open(ctx)) {
                group.fork("slow", c -> fetch(c, server.uri("/hang")));
                group.fork("slower", c -> fetch(c, other.uri("/stall")));
                server.busy.await(1);
                other.busy.await(1);
                group.fork("failing", c -> fetch(c, nobody));
                group.join();
              }
            })
        .isInstanceOf(ConnectException.class);
    server.gone.await(1);
    other.gone.await(1);
  }

  @Test
  void aDeadlineEndsAllRequestsAtTheirServers(Context ctx) throws Exception {
    try (var limited = ctx.withTimeout(Duration.ofMillis(300))) {
      assertThatThrownBy(() -> fetchAll(limited, List.of(server.uri("/hang"), other.uri("/stall"))))
          .isInstanceOf(DeadlineExceededException.class);
    }
    // What had begun by then was ended; nothing runs on.
    server.busy.await(0);
    other.busy.await(0);
  }

  @Test
  void theFirstSuccessEndsTheOtherRequestsAtTheirServers(Context ctx) throws Exception {
    String first;
    try (var group = TaskGroup.<String>firstSuccess(ctx)) {
      group.fork("slow", c -> fetch(c, server.uri("/hang")));
      server.busy.await(1);
      group.fork("fast", c -> fetch(c, other.uri("/ok")));
      first = group.join();
    }
    assertThat(first).isEqualTo("ok");
    server.gone.await(1);
    assertThat(fetchFirstSuccess(ctx, List.of(nobody(), server.uri("/hang"), other.uri("/ok"))))
        .isEqualTo("ok");
    server.busy.await(0);
  }

  @Test
  void aFailedAttemptIsHedgedAtOnce(Context ctx) throws Exception {
    assertThat(fetchHedged(ctx, server.uri("/ok"))).isEqualTo("ok");
    assertThatThrownBy(() -> fetchHedged(ctx, nobody()))
        .isInstanceOf(ConnectException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  /** An address where nobody listens. */
  private static URI nobody() throws IOException {
    try (var free = new ServerSocket(0)) {
      return URI.create("http://127.0.0.1:" + free.getLocalPort() + "/");
    }
  }
}
