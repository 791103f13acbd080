package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.middleware.AccessLog;
import dev.belay.http.server.middleware.Authentication;
import dev.belay.http.server.middleware.BodyLimit;
import dev.belay.http.server.middleware.ConcurrencyLimit;
import dev.belay.http.server.middleware.Deadline;
import dev.belay.http.server.middleware.Recover;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.http.server.middleware.StartTime;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Middleware around endpoints of Jetty, and the code of docs/guide/server-time.md. */
class MiddlewareIT {
  private static final System.Logger ACCESS = System.getLogger("dev.belay.access");
  private static final Duration DAY = Duration.ofDays(1);

  private CancellableContext root;
  private JettyUnderTest jetty;

  @BeforeEach
  void take(CancellableContext root) {
    this.root = root;
  }

  @AfterEach
  void stop() throws Exception {
    jetty.stop();
  }

  private void start(Endpoint<Request, Response> endpoint) throws Exception {
    var settings = new ServerSettings(root, Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
    jetty =
        JettyUnderTest.start(
            settings, new ContextHandler(root, new RequestContexts(DAY), endpoint));
  }

  // @start region=chain
  /** What is around every endpoint of this server, the outermost last. */
  static Endpoint<Request, Response> around(Endpoint<Request, Response> endpoint) {
    JettyMessages jetty = JettyMessages.INSTANCE;
    var limit = ConcurrencyLimit.of(100, Duration.ofMillis(500));
    Endpoint<Request, Response> timed = Deadline.around(Duration.ofSeconds(10), endpoint);
    Endpoint<Request, Response> bounded = BodyLimit.around(jetty, 64 * 1024, limit.around(timed));
    Endpoint<Request, Response> answered = Recover.around(jetty, bounded);
    return StartTime.around(RequestId.around(jetty, AccessLog.around(jetty, ACCESS, answered)));
  }

  // @end region=chain

  // @start region=own
  static final ContextKey<String> TENANT = ContextKey.named("tenant", String.class);

  /** Middleware of your own: it needs a header, and gives what it has found to the context. */
  static Endpoint<Request, Response> tenant(Endpoint<Request, Response> next) {
    return (ctx, request, response) -> {
      String tenant = request.getHeaders().get("X-Tenant");
      if (tenant == null || !tenant.matches("[a-z]{1,20}")) {
        throw new BadRequestException("send the header X-Tenant, up to 20 letters");
      }
      next.handle(ctx.withValue(TENANT, tenant), request, response);
    };
  }

  // @end region=own

  private record User(String name) {}

  // @start region=user
  static final ContextKey<User> USER = ContextKey.named("user", User.class);

  /** Endpoints behind this have a user: {@code ctx.require(USER)}. */
  static Endpoint<Request, Response> signedIn(
      Sessions sessions, Endpoint<Request, Response> endpoint) {
    return Authentication.around(
        JettyMessages.INSTANCE,
        "Bearer",
        USER,
        (ctx, request) -> sessions.find(ctx, request.getHeaders().get("Authorization")),
        endpoint);
  }

  // @end region=user

  private interface Sessions {
    @Nullable User find(Context ctx, @Nullable String credentials) throws Exception;
  }

  private String ask(String request) throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), jetty.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private static void echo(Context ctx, Request request, Response response) throws Exception {
    byte[] body = Content.Source.asInputStream(request).readAllBytes();
    String answer = ctx.require(TENANT) + ":" + new String(body, StandardCharsets.ISO_8859_1);
    Content.Sink.write(
        response, true, ByteBuffer.wrap(answer.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void aRequestPassesThroughAll() throws Exception {
    start(around(tenant(MiddlewareIT::echo)));
    assertThat(
            ask(
                "POST / HTTP/1.1\r\nHost: x\r\nX-Tenant: blue\r\nX-Request-ID: abc-1\r\n"
                    + "Content-Length: 2\r\nConnection: close\r\n\r\nhi"))
        .startsWith("HTTP/1.1 200")
        .containsIgnoringCase("X-Request-ID: abc-1\r\n")
        .contains("blue:hi");
  }

  @Test
  void aRequestOfNobodyIsChallengedWithAndWithoutRecover() throws Exception {
    Endpoint<Request, Response> endpoint =
        signedIn(
            (ctx, credentials) -> "Bearer t".equals(credentials) ? new User("alice") : null,
            (ctx, request, response) ->
                Content.Sink.write(
                    response, true, StandardCharsets.ISO_8859_1.encode(ctx.require(USER).name())));
    start(
        (ctx, request, response) -> {
          boolean plain = request.getHttpURI().getPath().equals("/plain");
          (plain ? endpoint : around(endpoint)).handle(ctx, request, response);
        });
    String rest = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
    for (String path : List.of("/", "/plain")) {
      assertThat(ask("GET " + path + rest + "\r\n"))
          .startsWith("HTTP/1.1 401")
          .containsIgnoringCase("WWW-Authenticate: Bearer\r\n");
    }
    assertThat(ask("GET /" + rest + "Authorization: Bearer t\r\n\r\n")).endsWith("alice");
  }

  @Test
  void aFailureIsAProblemWithItsId() throws Exception {
    start(around(tenant(MiddlewareIT::echo)));
    assertThat(ask("GET / HTTP/1.1\r\nHost: x\r\nX-Request-ID: abc-2\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400")
        .containsIgnoringCase("Content-Type: application/problem+json")
        .contains(
            "{\"status\":400,\"detail\":\"send the header X-Tenant, up to 20 letters\","
                + "\"id\":\"abc-2\"}");
  }

  @Test
  void aChunkedBodyThatIsTooLongIsAnsweredWith413() throws Exception {
    start(around(tenant(MiddlewareIT::echo)));
    String chunk = "8000\r\n" + "b".repeat(0x8000) + "\r\n";
    assertThat(
            ask(
                "POST / HTTP/1.1\r\nHost: x\r\nX-Tenant: blue\r\nTransfer-Encoding: chunked\r\n"
                    + "Connection: close\r\n\r\n"
                    + chunk.repeat(3)
                    + "0\r\n\r\n"))
        .startsWith("HTTP/1.1 413")
        .contains("the body is longer than 65536 bytes");
  }

  @Test
  void aClientThatLeavesTheQueueIsNeverServed() throws Exception {
    var limit = ConcurrencyLimit.of(1, DAY);
    var arrived = new CountDownLatch(2); // a client that leaves before may reach no handler
    var begun = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    var ended = new CountDownLatch(1);
    start(
        (ctx, request, response) -> {
          ctx.onDone(ended::countDown);
          arrived.countDown();
          limit
              .around(
                  (Context c, Request q, Response s) -> {
                    assertThat(q.getHttpURI().getPath()).isEqualTo("/first");
                    begun.countDown();
                    assertThat(leave.await(20, TimeUnit.SECONDS)).isTrue();
                  })
              .handle(ctx, request, response);
        });
    try (Http1Client first = Http1Client.plain(jetty.port())) {
      HttpClientByHand.Pending pending = first.get("/first");
      assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
      Http1Client second = Http1Client.plain(jetty.port());
      second.get("/second");
      assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
      second.close();
      assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
      leave.countDown();
      assertThat(pending.answer().status()).isEqualTo(200);
    }
  }
}
