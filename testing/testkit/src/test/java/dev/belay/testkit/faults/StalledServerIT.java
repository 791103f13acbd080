package dev.belay.testkit.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A client over a bare socket, at each phase. */
class StalledServerIT {
  private static final String REQUEST =
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n";
  private static final Duration SECOND = Duration.ofSeconds(1);

  enum Phase {
    CONNECT(null),
    TLS(null),
    HEADERS(""),
    BODY("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nxxx"),
    NO_BODY("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"),
    TRAILERS(
        "HTTP/1.1 200 OK\r\nTrailer: Digest\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "4\r\nbody\r\n0\r\n");

    private final String answer;

    Phase(String answer) {
      this.answer = answer;
    }

    StalledServer open() throws IOException {
      return switch (this) {
        case CONNECT -> StalledServer.atConnect();
        case TLS -> StalledServer.atTls();
        case HEADERS -> StalledServer.atHeaders();
        case BODY -> StalledServer.atBody(3);
        case NO_BODY -> StalledServer.atBody(0);
        case TRAILERS -> StalledServer.atTrailers();
      };
    }

    /** Goes on until the server stalls, and then waits. */
    private Void talk(Socket socket, URI uri) throws IOException {
      socket.connect(new InetSocketAddress(uri.getHost(), uri.getPort()));
      socket.getOutputStream().write((REQUEST + "hello").getBytes(US_ASCII));
      if (answer != null) {
        assertThat(new String(socket.getInputStream().readNBytes(answer.length()), US_ASCII))
            .isEqualTo(answer);
      }
      int more = socket.getInputStream().read();
      throw new AssertionError("the server sends " + more);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServerStallsUntilItsClientLeaves(Phase phase, Context ctx, VirtualClock clock)
      throws Exception {
    try (var server = phase.open();
        var limited = ctx.withTimeout(SECOND);
        var socket = new Socket()) {
      Attempt<?> client =
          Attempt.start(
              () -> limited.call(Canceller.closing(socket), c -> phase.talk(socket, server.uri())));
      server.awaitStalled(1);
      clock.advance(SECOND);
      client.thrown(DeadlineExceededException.class);
      server.awaitStalled(0);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS", "HEADERS", "BODY", "TRAILERS"})
  void closingTheServerEndsItsConnections(Phase phase) throws Exception {
    try (var server = phase.open();
        var socket = new Socket()) {
      Attempt<?> client = Attempt.start(() -> phase.talk(socket, server.uri()));
      server.awaitStalled(1);
      server.close();
      assertThat(client.failure()).isNotNull();
      server.awaitStalled(0);
    }
  }

  @Test
  void aClientThatLeavesWithinItsRequestWasNeverStalled() throws Exception {
    try (var server = StalledServer.atHeaders()) {
      URI uri = server.uri();
      assertThat(uri.getScheme()).isEqualTo("http");
      try (var socket = new Socket(uri.getHost(), uri.getPort())) {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: \r\n".getBytes(US_ASCII));
        socket.shutdownOutput();
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
      }
      server.awaitStalled(0);
    }
  }

  @Test
  void aNegativeLengthIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StalledServer.atBody(-1))
        .withMessage("bytes is -1: a body has none or more");
  }
}
