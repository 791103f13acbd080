package dev.belay.contracts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.belay.CancellableContext;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.testkit.LeakExtension;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Clients that take too long over a body or a response, over every protocol: a late body is
 * answered with 408, and a response that is not read is cut off. The context ends with {@code
 * BodyTimeoutException} or {@code WriteTimeoutException} of {@code dev.belay.http.server}. The
 * limits run in real time.
 */
@ExtendWith(LeakExtension.class)
public abstract class TimeLimitContract {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(200);

  /** Longer than a busy client takes to connect and to send its header. */
  private static final Duration IDLE = Duration.ofSeconds(3);

  private static final int MORE_THAN_BUFFERS_HOLD = 64 << 20;

  /** For subclasses. */
  protected TimeLimitContract() {}

  /**
   * Starts a server that runs {@code script} for each request. The contract stops it.
   *
   * @param body how long a client may take over the body of a request
   * @param response how long it may take to read a response
   * @throws Exception if it does not start
   */
  protected abstract ServerUnderTest start(
      ServerSettings settings, Duration body, Duration response, ServerScript script)
      throws Exception;

  /** What the host cannot do, as for {@link ServerContract#unsupported}. */
  protected Set<ServerFeature> unsupported() {
    return Set.of();
  }

  /** What is tested over each protocol. */
  abstract class Scenarios {
    /** What the request's context had ended with when the endpoint returned. */
    private final CompletableFuture<@Nullable Throwable> cause = new CompletableFuture<>();

    private ServerSettings settings;
    private @Nullable ServerUnderTest server;
    private @Nullable HttpClientByHand client;

    abstract HttpClientByHand connect(ServerUnderTest server, ServerSettings settings)
        throws IOException;

    abstract ServerFeature needed();

    @BeforeEach
    void take(CancellableContext root) {
      Unsupported.skip(TimeLimitContract.this, unsupported(), needed());
      settings = ServerSettings.of(root).withIdleTimeout(DAY).withHeaderTimeout(DAY);
    }

    @AfterEach
    void stop() throws Exception {
      if (client != null) {
        client.close();
      }
      if (server != null) {
        new Stopping(server).close();
      }
    }

    final void useIdleTimeout(Duration idle) {
      settings = settings.withIdleTimeout(idle);
    }

    final HttpClientByHand start(Duration body, Duration response, ServerScript script)
        throws Exception {
      ServerUnderTest started =
          TimeLimitContract.this.start(
              settings,
              body,
              response,
              (ctx, exchange) -> {
                try {
                  script.run(ctx, exchange);
                } finally {
                  cause.complete(ctx.cause());
                }
              });
      server = started;
      HttpClientByHand connected = connect(started, settings);
      client = connected;
      return connected;
    }

    final void assertEndedWith(String name) throws Exception {
      Throwable why = cause.get(60, TimeUnit.SECONDS);
      assertEquals(name, why == null ? "none" : why.getClass().getSimpleName());
    }

    @Test
    void aBodyThatDripsIsAnsweredWith408() throws Exception {
      Body body = Body.begin(start(SHORT, DAY, (ctx, exchange) -> exchange.readBody()));
      assertEquals(408, body.answerWhileDripping().status());
      assertEndedWith("BodyTimeoutException");
    }

    @Test
    void aBodyThatNeverComesIsAnsweredWith408() throws Exception {
      Body body = Body.begin(start(SHORT, DAY, (ctx, exchange) -> exchange.readBody()));
      assertEquals(408, body.pending().answer().status());
      assertEndedWith("BodyTimeoutException");
    }

    @Test
    void aResponseThatIsNotReadIsCutOff() throws Exception {
      HttpClientByHand connected =
          start(
              DAY,
              SHORT,
              (ctx, exchange) -> exchange.write(true, new byte[MORE_THAN_BUFFERS_HOLD]));
      HttpClientByHand.Pending unread =
          connected instanceof Http2Client http2 ? http2.getUnread("/") : connected.get("/");
      assertEndedWith("WriteTimeoutException");
      assertThrows(IOException.class, unread::answer, "never complete");
    }
  }

  /** What is tested where a connection has an idle limit of its own: not over HTTP/2. */
  abstract class Http1Scenarios extends Scenarios {
    @Test
    void aBodyThatStopsIsAnsweredWith408AtTheIdleLimit() throws Exception {
      useIdleTimeout(IDLE);
      Body body = Body.begin(start(DAY, DAY, (ctx, exchange) -> exchange.readBody()));
      assertEquals(408, body.pending().answer().status());
      assertEndedWith("BodyTimeoutException");
    }

    @Test
    void aResponseThatIsNotReadIsCutOffAtTheIdleLimit() throws Exception {
      useIdleTimeout(IDLE);
      HttpClientByHand connected =
          start(
              DAY, DAY, (ctx, exchange) -> exchange.write(true, new byte[MORE_THAN_BUFFERS_HOLD]));
      HttpClientByHand.Pending unread = connected.get("/");
      assertEndedWith("WriteTimeoutException");
      assertThrows(IOException.class, unread::answer, "never complete");
    }
  }

  private interface Sender {
    void send(byte[] bytes) throws Exception;
  }

  /** A body of 1,000 bytes that has begun. */
  private record Body(Sender sender, HttpClientByHand.Pending pending) {

    static Body begin(HttpClientByHand client) throws IOException {
      if (client instanceof Http1Client http1) {
        http1.postHeader("/", 1000);
        return new Body(http1::send, http1::answer);
      }
      Http2Client.Stream stream = ((Http2Client) client).postHeader("/");
      return new Body(bytes -> stream.data(bytes, false), stream);
    }

    /** Sends a byte every now and then until the answer is there. */
    Answer answerWhileDripping() throws Exception {
      var answered = new CountDownLatch(1);
      Thread dripping =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (!answered.await(10, TimeUnit.MILLISECONDS)) {
                        sender.send(new byte[] {'b'});
                      }
                    } catch (Exception e) {
                      // The server has closed the connection or reset the stream.
                    }
                  });
      try {
        return pending.answer();
      } finally {
        answered.countDown();
        dripping.join();
      }
    }
  }

  /** HTTP/1.1 in the clear. */
  @Nested
  class OverHttp1 extends Http1Scenarios {
    @Override
    HttpClientByHand connect(ServerUnderTest server, ServerSettings settings) throws IOException {
      return Http1Client.plain(server.port());
    }

    @Override
    ServerFeature needed() {
      return ServerFeature.STREAMED_REQUESTS;
    }
  }

  /** HTTP/1.1 over TLS. */
  @Nested
  class OverTlsHttp1 extends Http1Scenarios {
    @Override
    HttpClientByHand connect(ServerUnderTest server, ServerSettings settings) throws IOException {
      return Http1Client.tls(server.tlsPort(), settings.certificate().client());
    }

    @Override
    ServerFeature needed() {
      return ServerFeature.TLS;
    }
  }

  /** HTTP/2 with prior knowledge. */
  @Nested
  class OverHttp2 extends Scenarios {
    @Override
    HttpClientByHand connect(ServerUnderTest server, ServerSettings settings) throws IOException {
      return Http2Client.plain(server.port());
    }

    @Override
    ServerFeature needed() {
      return ServerFeature.HTTP2;
    }
  }

  /** HTTP/2 over TLS, chosen by ALPN. */
  @Nested
  class OverTlsHttp2 extends OverHttp2 {
    @Override
    HttpClientByHand connect(ServerUnderTest server, ServerSettings settings) throws IOException {
      return Http2Client.tls(server.tlsPort(), settings.certificate().client());
    }
  }
}
