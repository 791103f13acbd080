package dev.belay.contracts.server;

import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.testkit.LeakExtension;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every server host must do that runs a request's handler under a context: end the context
 * when the client goes away, in any way, over HTTP/1.1, TLS and HTTP/2, and while the handler
 * blocks; take nothing else for its going; start the deadline that the client sends; answer as the
 * end demands. Clients on bare sockets do it all to a server that a subclass starts:
 *
 * <pre>{@code
 * class JettyIT extends ServerContract {
 *   @Override
 *   protected ServerUnderTest start(ServerSettings settings, ServerScript script) {
 *     return new JettyUnderTest(settings, script);
 *   }
 * }
 * }</pre>
 *
 * <p>The request's contexts are children of the settings' root, whose time the tests turn by hand;
 * the host's own time-outs run in real time.
 */
@ExtendWith(LeakExtension.class)
public abstract class ServerContract {

  /** For subclasses. */
  protected ServerContract() {}

  /**
   * Starts a server that runs {@code script} for each request. The contract stops it.
   *
   * @throws Exception if it does not start
   */
  protected abstract ServerUnderTest start(ServerSettings settings, ServerScript script)
      throws Exception;

  /**
   * What the host cannot do. Scenarios that need it are skipped, with a warning in the log, and
   * shown as skipped.
   */
  protected Set<ServerFeature> unsupported() {
    return Set.of();
  }

  /** HTTP/1.1 in the clear. */
  @Nested
  class OverHttp1 extends Http1Scenarios {
    OverHttp1() {
      super(ServerContract.this);
    }

    @Override
    Http1Client connect(ServerUnderTest server) throws IOException {
      return Http1Client.plain(server.port());
    }
  }

  /** HTTP/1.1 over TLS. */
  @Nested
  class OverTlsHttp1 extends Http1Scenarios {
    OverTlsHttp1() {
      super(ServerContract.this);
    }

    @BeforeEach
    void needsTls() {
      needs(ServerFeature.TLS);
    }

    @Override
    Http1Client connect(ServerUnderTest server) throws IOException {
      return Http1Client.tls(server.tlsPort(), settings().certificate().client());
    }

    @Test
    void aConnectionCutBelowIsNoticedAlsoWhereAHalfCloseIsNot() throws Exception {
      needs(ServerFeature.HALF_CLOSE_OPT_OUT);
      Http1Client client = client(settings().withHalfCloseServed());
      client.get("/a");
      Visit visit = entered("/a");
      client.cut();
      visit.awaitGone();
    }
  }

  /** HTTP/2 with prior knowledge. */
  @Nested
  class OverHttp2 extends Http2Scenarios {
    OverHttp2() {
      super(ServerContract.this);
    }

    @Override
    Http2Client connect(ServerUnderTest server) throws IOException {
      return Http2Client.plain(server.port());
    }
  }

  /** HTTP/2 over TLS, chosen by ALPN. */
  @Nested
  class OverTlsHttp2 extends Http2Scenarios {
    OverTlsHttp2() {
      super(ServerContract.this);
    }

    @BeforeEach
    void needsTls() {
      needs(ServerFeature.TLS);
    }

    @Override
    Http2Client connect(ServerUnderTest server) throws IOException {
      return Http2Client.tls(server.tlsPort(), settings().certificate().client());
    }
  }
}
