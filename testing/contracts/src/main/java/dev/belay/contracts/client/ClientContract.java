package dev.belay.contracts.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.belay.ContextCancelledException;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.LeakExtension;
import dev.belay.testkit.faults.StalledServer;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every client must do that sends a request under a context: abort the exchange when the
 * context ends, wherever it is, so that the server sees the connection close or the stream reset;
 * send nothing under a context that has ended; send how much time remains; throw as the end
 * demands, and say what was aborted without secrets; leave nothing behind. A server on bare sockets
 * does what clients fear, to a client that a subclass opens:
 *
 * <pre>{@code
 * class ContextHttpClientContractIT extends ClientContract {
 *   @Override
 *   protected ClientUnderTest open(ClientSettings settings) {
 *     return new JdkClientUnderTest(settings);
 *   }
 * }
 * }</pre>
 *
 * <p>The message of the exception, or of one of its causes, names the URL without user information,
 * query and fragment, and says where the exchange was aborted: it has the word {@code connecting},
 * {@code headers} or {@code body}.
 *
 * <p>{@link dev.belay.contracts.socket.HeldNames} must be installed.
 */
@ExtendWith(LeakExtension.class)
public abstract class ClientContract {

  /** For subclasses. */
  protected ClientContract() {}

  /**
   * Opens a client. The contract closes it.
   *
   * @throws Exception if there is none
   */
  protected abstract ClientUnderTest open(ClientSettings settings) throws Exception;

  /**
   * What the client cannot do. Scenarios that need it are skipped, with a warning in the log, and
   * shown as skipped.
   */
  protected Set<ClientFeature> unsupported() {
    return Set.of();
  }

  /** HTTP/1.1 in the clear. */
  @Nested
  class OverHttp1 extends ClientScenarios {
    OverHttp1() {
      super(ClientContract.this, false);
    }

    /** Clients may let a socket be until they look at it again, but not for long. */
    @Override
    void whenAConnectionWasGivenUp(StalledServer server) throws Exception {
      server.awaitStalled(0);
    }

    @Override
    FaultServer serve() throws IOException {
      return FaultServer.http1();
    }
  }

  /** HTTP/1.1 over TLS. */
  @Nested
  class OverTlsHttp1 extends ClientScenarios {
    OverTlsHttp1() {
      super(ClientContract.this, false);
    }

    @Override
    FaultServer serve() throws IOException {
      return FaultServer.http1(Certificate.forLocalhost());
    }
  }

  /** HTTP/2 over TLS. */
  @Nested
  class OverTlsHttp2 extends ClientScenarios {
    OverTlsHttp2() {
      super(ClientContract.this, true);
    }

    @BeforeEach
    void needsHttp2() {
      needs(ClientFeature.HTTP2);
    }

    @Override
    FaultServer serve() throws IOException {
      return FaultServer.http2(Certificate.forLocalhost());
    }

    @Test
    void anAbortResetsTheStreamAndKeepsTheConnection() throws Exception {
      assertEquals("ok", read("/ok"));
      for (String path : new String[] {"/hang", "/stall", "/trickle", "/deaf"}) {
        try (var ctx = root().withCancel()) {
          var attempt = Attempt.start(() -> drain(ctx, path));
          server().busy.await(1);
          ctx.cancel();
          attempt.thrown(ContextCancelledException.class);
        }
        server().busy.await(0);
      }
      assertEquals("ok", read("/ok"));
      assertEquals(1, server().connections.value());
    }
  }
}
