package dev.belay.tomcat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.EventStream;
import dev.belay.http.server.ResponseStream;
import dev.belay.http.server.WriteTimeoutException;
import dev.belay.servlet.ServletMessages;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streamed responses and middleware in a servlet, over real sockets. */
class EventStreamIT {
  private static final Duration DAY = Duration.ofDays(1);
  private static final ServletMessages MESSAGES = ServletMessages.INSTANCE;

  private final BlockingQueue<String> source = new LinkedBlockingQueue<>();
  private final CompletableFuture<Context> begun = new CompletableFuture<>();
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private CancellableContext requests;
  private TomcatUnderTest tomcat;

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    requests = root;
    var settings = new ServerSettings(root, Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
    tomcat =
        TomcatUnderTest.start(
            settings,
            TomcatUnderTest.filter(settings),
            new TomcatUnderTest.Served(TomcatUnderTest.withMiddleware(this::serve)));
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
  }

  private void serve(Context ctx, HttpServletRequest request, HttpServletResponse response)
      throws Exception {
    begun.complete(ctx);
    try {
      switch (MESSAGES.path(request)) {
        case "/flood" -> flood(ctx, request, response);
        case "/rows" -> rows(ctx, request, response);
        case "/body" -> response.getWriter().write(request.getReader().readLine());
        default -> events(ctx, request, response);
      }
    } catch (Exception e) {
      failed.complete(e);
      throw e;
    }
  }

  private void events(Context ctx, HttpServletRequest request, HttpServletResponse response)
      throws IOException, InterruptedException {
    var events = EventStream.open(ctx, MESSAGES, request, response, Duration.ofSeconds(10));
    while (true) {
      String next = events.next(source, Duration.ofMillis(100));
      if (next.isEmpty()) {
        return;
      }
      events.send(next);
    }
  }

  private static void flood(Context ctx, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Duration limit = Duration.ofMillis(200);
    try (var out =
        ResponseStream.open(ctx, MESSAGES, request, response, 200, "text/plain", limit)) {
      while (true) {
        out.write(new byte[64 * 1024]);
      }
    }
  }

  private static void rows(Context ctx, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    MESSAGES.setTrailers(response, () -> Map.of("X-Rows", "1"));
    try (var out =
        ResponseStream.open(
            ctx, MESSAGES, request, response, 200, "text/csv", Duration.ofSeconds(10))) {
      out.write("a,1\n".getBytes(UTF_8));
    }
  }

  private Socket send(String request) throws IOException {
    var socket = new Socket("127.0.0.1", tomcat.port());
    socket.setSoTimeout(20_000);
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return socket;
  }

  private Socket get(String path) throws IOException {
    return send("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path));
  }

  private static void awaitLine(BufferedReader lines, String wanted) throws IOException {
    for (String line = lines.readLine(); !wanted.equals(line); line = lines.readLine()) {
      assertThat(line).as("the stream ends before " + wanted).isNotNull();
    }
  }

  private static BufferedReader lines(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  @Test
  void anEventArrivesWhileTheNextIsWaitedFor() throws Exception {
    try (Socket socket = get("/events")) {
      BufferedReader lines = lines(socket);
      source.add("1.50");
      awaitLine(lines, "data: 1.50");
      awaitLine(lines, ":"); // a heartbeat
      source.add("1.51");
      awaitLine(lines, "data: 1.51");
    }
    Throwable why = failed.get(20, TimeUnit.SECONDS);
    assertThat(begun.join().cause()).as("%s", why).isInstanceOf(ClientGoneException.class);
  }

  @Test
  void anHttp2StreamEndsWithItsEndpoint() throws Exception {
    source.add("1.50");
    source.add("");
    try (Http2Client client = Http2Client.plain(tomcat.port())) {
      assertThat(client.get("/events").answer().body()).startsWith("data: 1.50\n\n");
    }
  }

  @Test
  void trailersFollowACompleteResponse() throws Exception {
    try (Socket socket = get("/rows")) {
      BufferedReader lines = lines(socket);
      for (String line = lines.readLine();
          !line.equalsIgnoreCase("X-Rows: 1");
          line = lines.readLine()) {
        assertThat(line).as("the response ends without its trailers").isNotNull();
      }
    }
  }

  @Test
  void aStreamThatTheEndCutsOffNeverLooksComplete() throws Exception {
    source.add("1.50");
    try (Socket socket = get("/events")) {
      BufferedReader lines = lines(socket);
      awaitLine(lines, "data: 1.50");
      requests.cancel(new IllegalStateException("the prices have moved"));
      assertThat(hasLastChunk(lines)).isFalse();
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsNothingPastTheLimit() throws Exception {
    try (Socket socket = get("/flood")) {
      assertThat(failed.get(20, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              DeadlineExceededException.class,
              late -> assertThat(late.ending().cause()).isInstanceOf(WriteTimeoutException.class));
      assertThat(hasLastChunk(lines(socket))).isFalse();
    }
  }

  private static boolean hasLastChunk(BufferedReader lines) {
    try {
      String line = lines.readLine();
      while (line != null && !line.equals("0")) {
        line = lines.readLine();
      }
      return line != null;
    } catch (IOException e) {
      return false; // reset
    }
  }

  @Test
  void middlewareRunsInAServlet() throws Exception {
    String request =
        "POST /body HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Request-ID: abc-1\r\n";
    try (Socket socket = send(request + "Content-Length: 5\r\n\r\nhello")) {
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 200")
          .contains("X-Request-ID: abc-1")
          .contains("hello");
    }
    try (Socket socket = send(request + "Content-Length: 1001\r\n\r\n" + "x".repeat(1001))) {
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
          .startsWith("HTTP/1.1 413")
          .contains("application/problem+json")
          .contains("longer than 1000 bytes");
    }
  }
}
