package dev.belay.contracts.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.testkit.LeakExtension;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a client sends stays with the endpoint: a token and an e-mail address, sent through every
 * input of a request, are found in no log line of {@code dev.belay} at any level, no line of the
 * host at INFO or above, no answer, no name of a thread or a context, and no message of an
 * exception. The method and the path, without its parameters and its query, are no such inputs:
 * they name the request, and are logged.
 *
 * <p>Extend it in the host's tests, with whatever the host puts around its endpoints.
 */
@ExtendWith(LeakExtension.class)
public abstract class CanaryContract {
  /** Found in whatever repeats one of the two below. */
  private static final String CANARY = "7f3a9c";

  private static final String TOKEN = "canary-" + CANARY;
  private static final String EMAIL = "canary." + CANARY + "@example.com";
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Captured captured = new Captured();
  private final Semaphore entered = new Semaphore(0);
  private final Semaphore left = new Semaphore(0);
  private VirtualClock clock;
  private ServerSettings settings;
  private @Nullable ServerUnderTest server;

  /** For subclasses. */
  protected CanaryContract() {}

  /**
   * Starts a server that runs {@code script} for each request. The contract stops it.
   *
   * @throws Exception if it does not start
   */
  protected abstract ServerUnderTest start(ServerSettings settings, ServerScript script)
      throws Exception;

  @BeforeEach
  void start(CancellableContext root, VirtualClock clock) throws Exception {
    this.clock = clock;
    settings = ServerSettings.of(root).withRequestLimit(MINUTE);
    captured.begin();
    server = start(settings, this::run);
  }

  @AfterEach
  void stop() throws Exception {
    if (server != null) {
      new Stopping(server).close();
    }
    captured.end();
    captured.assertFree(CANARY);
  }

  private int port() {
    if (server == null) {
      throw new IllegalStateException("no server was started");
    }
    return server.port();
  }

  // ---- the endpoint

  private void run(Context ctx, ServerExchange exchange) throws Exception {
    captured.add(Thread.currentThread().getName());
    captured.add(ctx.toString());
    try {
      handle(ctx, exchange);
    } catch (Exception e) {
      captured.add(e);
      throw e;
    } finally {
      left.release();
    }
  }

  private void handle(Context ctx, ServerExchange exchange) throws Exception {
    String path = exchange.path();
    if (path.startsWith("/waits")) {
      awaitEnd(ctx);
    }
    exchange.readBody();
    if (path.startsWith("/fails")) {
      throw new IllegalStateException("on purpose");
    }
    if (path.startsWith("/begun")) {
      exchange.write(false, "begun".getBytes(ISO_8859_1));
      throw new IllegalStateException("on purpose, amid the response");
    }
    exchange.write(true, "done".getBytes(ISO_8859_1));
  }

  private void awaitEnd(Context ctx) throws InterruptedException {
    entered.release();
    ctx.awaitDone();
    captured.add(ctx.toString());
    captured.add(ctx.cause());
    ctx.throwIfDone();
  }

  private static void await(Semaphore happened) throws InterruptedException {
    assertTrue(happened.tryAcquire(20, TimeUnit.SECONDS), "it does not happen");
  }

  // ---- the client

  /** A request that has the two in every place but its method and path, and two of its own. */
  private static String request(String path, String further, String body) {
    return """
        POST %1$s;p=%2$s?q=%2$s&mail=%3$s HTTP/1.1
        Host: localhost
        Connection: close
        User-Agent: %2$s (%3$s)
        Referer: http://localhost/?%3$s
        From: %3$s
        Cookie: session=%2$s; mail=%3$s
        Authorization: Bearer %2$s
        Accept: application/json;v="%2$s"
        Content-Type: text/plain;v="%2$s"
        X-%2$s: %3$s
        TE: trailers
        Transfer-Encoding: chunked
        %4$s
        %5$s"""
        .formatted(path, TOKEN, EMAIL, further, body)
        .replace("\n", "\r\n");
  }

  /** Of the headers that Belay reads: none is of its form. */
  private static String malformed() {
    return """
        Belay-Timeout-Ms: %1$s
        traceparent: 00-%1$s
        tracestate: %1$s
        X-Request-ID: %2$s
        X-Trace-ID: %2$s
        """
        .formatted(TOKEN, EMAIL);
  }

  private static String wellFormed() {
    return """
        Belay-Timeout-Ms: 60000
        traceparent: 00-11111111111111111111111111111111-2222222222222222-01
        tracestate: a=%s
        """
        .formatted(TOKEN);
  }

  /** One chunk, and a trailer. */
  private static String body() {
    String text = TOKEN + " " + EMAIL;
    return "%x\n%s\n0\nX-%s: %s\n\n".formatted(text.length(), text, TOKEN, EMAIL);
  }

  private Socket send(String request) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
    return socket;
  }

  /** What the server sends until it closes. */
  private String answer(Socket socket) throws IOException {
    try (socket) {
      var answer = new StringBuilder();
      try {
        for (int b = socket.getInputStream().read(); b >= 0; b = socket.getInputStream().read()) {
          answer.append((char) b);
        }
      } catch (IOException e) {
        answer.append("cut off: ").append(e.getMessage());
      }
      captured.add(answer.toString());
      return answer.toString();
    }
  }

  private void assertStatus(int status, String path, String further) throws IOException {
    String answer = answer(send(request(path, further, body())));
    assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
  }

  // ---- over HTTP/1.1

  @Test
  void anAnswerRepeatsNothing() throws Exception {
    assertStatus(200, "/done", malformed());
    assertStatus(200, "/done", wellFormed());
  }

  @Test
  void aFailureRepeatsNothing() throws Exception {
    assertStatus(500, "/fails", malformed());
    assertStatus(500, "/fails", wellFormed());
  }

  @Test
  void aResponseThatIsCutOffRepeatsNothing() throws Exception {
    answer(send(request("/begun", malformed(), body())));
    await(left);
  }

  @Test
  void aDeadlineRepeatsNothing() throws Exception {
    try (Socket socket = send(request("/waits", malformed(), body()))) {
      await(entered);
      clock.advance(MINUTE);
      String answer = answer(socket);
      assertTrue(answer.startsWith("HTTP/1.1 504"), answer);
    }
  }

  @Test
  void aClientThatLeavesIsNotRepeated() throws Exception {
    try (Socket socket = send(request("/waits", malformed(), body()))) {
      await(entered);
      socket.setSoLinger(true, 0);
    }
    await(left);
  }

  @Test
  void aMalformedBodyIsNotRepeated() throws Exception {
    String answer = answer(send(request("/done", malformed(), TOKEN + "\n" + EMAIL + "\n")));
    assertTrue(answer.startsWith("HTTP/1.1 400"), answer);
  }

  @Test
  void twoRemainingTimesAreNotRepeated() throws Exception {
    String twice = "Belay-Timeout-Ms: %s\nBelay-Timeout-Ms: %s\n".formatted(TOKEN, EMAIL);
    assertStatus(200, "/done", twice);
  }

  // ---- over HTTP/2

  @Test
  void anHttp2RequestIsNotRepeated() throws Exception {
    try (Http2Client client = Http2Client.plain(port())) {
      for (String path : new String[] {"/done", "/fails"}) {
        String target = "%s;p=%s?mail=%s".formatted(path, TOKEN, EMAIL);
        String answer = client.get(target, fields()).answer().toString();
        captured.add(answer);
      }
      var waiting = client.get("/waits?mail=" + EMAIL, fields());
      await(entered);
      clock.advance(MINUTE);
      assertEquals(504, waiting.answer().status());
      var reset = client.get("/waits?mail=" + EMAIL, fields());
      await(entered);
      reset.reset();
      assertTrue(left.tryAcquire(4, 20, TimeUnit.SECONDS), "an endpoint stays");
    }
  }

  private static String[] fields() {
    return (malformed() + "Cookie: s=%s\nX-%s: %s\n".formatted(TOKEN, TOKEN, EMAIL))
        .toLowerCase(Locale.ROOT)
        .strip()
        .split("(: |\n)");
  }
}
