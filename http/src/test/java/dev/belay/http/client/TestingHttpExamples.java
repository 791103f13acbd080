package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import dev.belay.testkit.faults.StalledServer;
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
  // @start region=client
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

  // @end region=client

  // @start region=stalled
  @Test
  void aServerStalls(Context ctx, VirtualClock clock) throws Exception {
    try (var server = StalledServer.atBody(3);
        var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
      Attempt<?> download =
          Attempt.start(() -> client.send(limited, get(server.uri()), BodyHandlers.ofString()));
      server.awaitStalled(1); // it has sent three bytes of the body
      clock.advance(Duration.ofSeconds(2));
      download.thrown(DeadlineExceededException.class);
      server.awaitStalled(0); // and has seen its client leave
    }
  }

  // @end region=stalled

  // @start region=io
  /** Asks every second, three times. */
  private void poll(Context ctx, URI uri, List<String> answers) throws Exception {
    for (int i = 0; i < 3; i++) {
      answers.add(client.send(ctx, get(uri), BodyHandlers.ofString()).body());
      ctx.sleep(Duration.ofSeconds(1));
    }
  }

  @Test
  void timeWithHttpInBetween(Context ctx, VirtualClock clock) throws Exception {
    List<String> answers = new CopyOnWriteArrayList<>();
    try (var server = FaultServer.http1()) {
      Attempt<?> poll =
          Attempt.start(
              () -> {
                poll(ctx, server.uri("/ok"), answers);
                return null;
              });
      clock.awaitWaiting(1); // the first answer is there, however long it took
      assertThat(answers).containsExactly("ok");
      clock.advance(Duration.ofSeconds(1)); // it asks again …
      clock.awaitWaiting(1); // … and has its answer
      assertThat(answers).containsExactly("ok", "ok");
      clock.advance(Duration.ofSeconds(1));
      clock.awaitWaiting(1);
      clock.advance(Duration.ofSeconds(1));
      assertThat(poll.failure()).isNull();
      assertThat(answers).hasSize(3);
    }
  }

  // @end region=io
}
