package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.TraceState;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A context goes to another process whose clock says something else. */
@Timeout(60)
class CrossingIT {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @ParameterizedTest
  @ValueSource(ints = {-5, 5})
  void timeAndTraceArriveWhateverTheClocksSay(int hours, CancellableContext root) throws Exception {
    Trace trace = Trace.start().withState(TraceState.parse("b=2,a=1"));
    Context traced = root.withValue(Trace.KEY, trace);
    try (var jdk = HttpClient.newHttpClient();
        var server = new OtherProcess(hours)) {
      var client = ContextHttpClient.of(jdk);

      Heard shortened = ask(client, traced, server.uri("/"), Duration.ofSeconds(8));
      assertThat(shortened.left).isGreaterThan(0).isLessThanOrEqualTo(8_000);
      assertThat(shortened.trace).isEqualTo(trace + " [b=2, a=1]");
      assertThat(shortened.skewFrom(Instant.now()))
          .isBetween(Duration.ofHours(hours).minus(MINUTE), Duration.ofHours(hours).plus(MINUTE));

      Heard notLengthened = ask(client, traced, server.uri("/"), Duration.ofHours(1));
      assertThat(notLengthened.left)
          .isGreaterThan(0)
          .isLessThanOrEqualTo(SkewedServer.LIMIT.toMillis());

      assertThatExceptionOfType(DeadlineExceededException.class)
          .isThrownBy(() -> ask(client, traced, server.uri("/wait"), Duration.ofMillis(300)));
      assertThat(server.out.readLine()).isIn("DEADLINE_EXCEEDED", "CANCELLED");
    }
  }

  /** What the server says of its request's context. */
  private record Heard(long left, Instant deadline, String trace) {
    Duration skewFrom(Instant now) {
      return Duration.between(now, deadline);
    }
  }

  private static Heard ask(ContextHttpClient client, Context parent, URI uri, Duration timeout)
      throws IOException, InterruptedException {
    try (var ctx = parent.withTimeout(timeout)) {
      var request = HttpRequest.newBuilder(uri).build();
      String[] said = client.send(ctx, request, BodyHandlers.ofString()).body().split(" ", 3);
      return new Heard(Long.parseLong(said[0]), Instant.parse(said[1]), said[2]);
    }
  }

  private static final class OtherProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;
    private final int port;

    OtherProcess(int hours) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  SkewedServer.class.getName(),
                  Integer.toString(hours))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      out = process.inputReader();
      port = Integer.parseInt(String.valueOf(out.readLine()));
    }

    URI uri(String path) {
      return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close();
      process.onExit().join();
    }
  }
}
