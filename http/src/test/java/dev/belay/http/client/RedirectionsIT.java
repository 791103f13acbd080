package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.http.wire.WireHeaders;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Redirections against a server. What is sent instead, {@link RedirectionsTest} sees. */
class RedirectionsIT {
  private final Context ctx = Context.background();
  private FaultServer server;
  private HttpClient jdk;
  private ContextHttpClient client;

  @BeforeEach
  void open() throws IOException {
    server = FaultServer.http1();
    jdk = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    client = ContextHttpClient.of(jdk).withRedirects(Redirect.NORMAL);
  }

  @AfterEach
  void close() throws Exception {
    jdk.shutdownNow();
    jdk.close();
    server.open.await(0);
    server.close();
  }

  private HttpResponse<String> send(ContextHttpClient sender, String path) throws Exception {
    var request = HttpRequest.newBuilder(server.uri(path)).build();
    return sender.send(ctx, request, BodyHandlers.ofString());
  }

  @Test
  void areFollowed() throws Exception {
    HttpResponse<String> response = send(client, "/moved");
    assertThat(response.body()).isEqualTo("ok");
    assertThat(response.uri()).isEqualTo(server.uri("/ok"));
    HttpResponse<String> before = response.previousResponse().orElseThrow();
    assertThat(before.statusCode()).isEqualTo(302);
    assertThat(before.uri()).isEqualTo(server.uri("/moved"));
    assertThat(before.body()).isNull();
    assertThat(before.previousResponse()).isEmpty();
  }

  @Test
  void areHandedOutUnlessAsked() throws Exception {
    assertThat(send(ContextHttpClient.of(jdk), "/moved").statusCode()).isEqualTo(302);
  }

  @Test
  void leaveTheirConnectionForTheNextRequest() throws Exception {
    assertThat(send(client, "/aside").body()).isEqualTo("ok");
    assertThat(server.connections.value()).isEqualTo(1);
  }

  @Test
  void areFollowedFourTimes() throws Exception {
    HttpResponse<String> response = send(client, "/round");
    assertThat(response.statusCode()).isEqualTo(307);
    assertThat(server.requests.value()).isEqualTo(5);
    int before = 0;
    for (var each = response; each.previousResponse().isPresent(); before++) {
      each = each.previousResponse().get();
    }
    assertThat(before).isEqualTo(4);
  }

  @Test
  void toWhatIsNoAddressFail() {
    assertThatThrownBy(() -> send(client, "/astray"))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("secret");
  }

  @Test
  void areFollowedWithOtherHeadersToo() throws Exception {
    assertThat(send(client.withHeaders(WireHeaders.NONE), "/moved").body()).isEqualTo("ok");
  }

  @Test
  void tellTheRemainingTimeWhereTheyLead() throws Exception {
    try (var child = ctx.withTimeout(Duration.ofHours(1))) {
      var request = HttpRequest.newBuilder(server.uri("/asked")).build();
      var told = client.send(child, request, BodyHandlers.ofString()).body();
      assertThat(Long.valueOf(told)).isPositive();
    }
  }

  @Test
  void areNotLeftToTheWrappedClient() {
    try (var following = HttpClient.newBuilder().followRedirects(Redirect.ALWAYS).build()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ContextHttpClient.of(following))
          .withMessageContaining("withRedirects(Redirect.ALWAYS)");
    }
  }
}
