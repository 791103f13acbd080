package dev.belay.contracts.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.belay.testkit.Attempt;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients by hand and servers by hand understand each other. */
class FaultServerIT {
  private static final Certificate CERTIFICATE = Certificate.forLocalhost();

  enum Protocol {
    HTTP1,
    TLS_HTTP1,
    TLS_HTTP2;

    FaultServer serve() throws IOException {
      return switch (this) {
        case HTTP1 -> FaultServer.http1();
        case TLS_HTTP1 -> FaultServer.http1(CERTIFICATE);
        case TLS_HTTP2 -> FaultServer.http2(CERTIFICATE);
      };
    }

    HttpClientByHand connect(FaultServer server) throws IOException {
      int port = server.uri("/").getPort();
      return switch (this) {
        case HTTP1 -> Http1Client.plain(port);
        case TLS_HTTP1 -> Http1Client.tls(port, CERTIFICATE.client());
        case TLS_HTTP2 -> Http2Client.tls(port, CERTIFICATE.client());
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void requestsAreAnsweredOnOneConnection(Protocol protocol) throws Exception {
    try (var server = protocol.serve();
        var client = protocol.connect(server)) {
      assertThat(client.get("/ok?a=b").answer()).isEqualTo(Answer.ok("ok"));
      assertThat(client.get("/field", "Belay-Timeout-Ms", "200").answer())
          .isEqualTo(Answer.ok("200"));
      assertThat(client.get("/moved").answer()).isEqualTo(new Answer(302, ""));
      assertThat(server.connections.value()).isEqualTo(1);
      assertThat(server.requests.value()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyByteOfTheBigBodyArrives(Protocol protocol) throws Exception {
    try (var server = protocol.serve();
        var client = protocol.connect(server)) {
      byte[] body = client.get("/big").answer().body().getBytes(ISO_8859_1);
      assertThat(body).isEqualTo(FaultServer.bigPart(0, FaultServer.BIG));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBodyIsCutOff(Protocol protocol) throws Exception {
    try (var server = protocol.serve();
        var client = protocol.connect(server)) {
      var pending = client.get("/cut");
      assertThatIOException().isThrownBy(pending::answer);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theServerLearnsThatItsClientLeaves(Protocol protocol) throws Exception {
    for (String path : new String[] {"/hang", "/stall", "/trickle"}) {
      try (var server = protocol.serve()) {
        try (var client = protocol.connect(server)) {
          client.get(path);
          server.busy.await(1);
          assertThat(server.gone.value()).isZero();
          client.reset();
          server.gone.await(1);
        }
        server.busy.await(0);
        server.open.await(0);
      }
    }
  }

  @Test
  void theServerLearnsThatAStreamIsReset() throws Exception {
    try (var server = FaultServer.http2(CERTIFICATE);
        var client = Http2Client.tls(server.uri("/").getPort(), CERTIFICATE.client())) {
      var trickle = client.get("/trickle");
      var hang = client.get("/hang");
      server.busy.await(2);
      trickle.reset();
      server.gone.await(1);
      hang.reset();
      server.gone.await(2);
      assertThat(client.get("/ok").answer()).isEqualTo(Answer.ok("ok"));
    }
  }

  @Test
  void anUploadWaitsForCredit() throws Exception {
    try (var server = FaultServer.http2(CERTIFICATE);
        var client = Http2Client.tls(server.uri("/").getPort(), CERTIFICATE.client())) {
      var deaf = client.postHeader("/deaf");
      var attempt =
          Attempt.start(
              () -> {
                deaf.data(new byte[1 << 20], true);
                return deaf;
              });
      server.busy.await(1);
      deaf.reset();
      attempt.thrown(IOException.class);
      server.gone.await(1);
    }
  }
}
