package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import dev.belay.testkit.faults.StalledServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/testing.md that sends requests. */
class TestingHttpExamples {
  private final HttpClient jdk = HttpClient.newHttpClient();
  private final ContextHttpClient client = ContextHttpClient.of(jdk);

  @AfterEach
  void close() {
    jdk.shutdownNow();
    jdk.close();
  }

  private static HttpRequest get(URI uri) {
    return HttpRequest.newBuilder(uri).build();
  }

  // @start region=stalled
  @Test
  void aServerStalls(Context ctx, VirtualClock clock) throws Exception {
    try (var server = StalledServer.atBody(3);
        var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
      Attempt download =
          Attempt.start(() -> client.send(limited, get(server.uri()), BodyHandlers.ofString()));
      server.awaitStalled(1); // it has sent three bytes of the body
      clock.advance(Duration.ofSeconds(2));
      download.thrown(DeadlineExceededException.class);
      server.awaitStalled(0); // and has seen its client leave
    }
  }

  // @end region=stalled

  // @start region=io
  /** Asks for the state of a job every second until it is done. */
  private void follow(Context ctx, URI job, List<String> states) throws Exception {
    for (String state = ""; !state.equals("done"); ctx.sleep(Duration.ofSeconds(1))) {
      state = client.send(ctx, get(job), BodyHandlers.ofString()).body();
      states.add(state);
    }
  }

  @Test
  void timeWithHttpInBetween(Context ctx, VirtualClock clock) throws Exception {
    List<String> states = new CopyOnWriteArrayList<>();
    HttpServer server = jobs("queued", "running", "done");
    Attempt follower =
        Attempt.start(
            () -> {
              follow(ctx, URI.create("http://127.0.0.1:" + server.getAddress().getPort()), states);
              return null;
            });
    clock.awaitWaiting(1); // the first answer is there, however long it took
    assertThat(states).containsExactly("queued");
    clock.advance(Duration.ofSeconds(1)); // the follower asks again …
    clock.awaitWaiting(1); // … and has its answer
    assertThat(states).containsExactly("queued", "running");
    clock.advance(Duration.ofSeconds(1));
    clock.awaitWaiting(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(follower.outcome()).isNull();
    assertThat(states).containsExactly("queued", "running", "done");
    server.stop(0);
  }

  // @end region=io

  /** A server whose answers are these, one after the other. */
  private static HttpServer jobs(String... states) throws Exception {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    var left = new CopyOnWriteArrayList<>(states);
    server.createContext(
        "/",
        exchange -> {
          byte[] state = left.removeFirst().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, state.length);
          exchange.getResponseBody().write(state);
          exchange.close();
        });
    server.start();
    return server;
  }
}
