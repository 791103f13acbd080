package dev.belay.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.server.ResponseStream;
import dev.belay.http.server.WriteTimeoutException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streamed responses over real sockets. */
class EventStreamIT {
  private static final Duration DAY = Duration.ofDays(1);
  private static final List<List<String>> ROWS = List.of(List.of("a", "1"), List.of("b", "2"));

  private static final Iterable<List<String>> BROKEN =
      () ->
          new Iterator<>() {
            private int rows;

            @Override
            public boolean hasNext() {
              return true;
            }

            @Override
            public List<String> next() {
              if (rows++ == 2000) {
                throw new IllegalStateException("the rows have ended early");
              }
              return List.of("a", "1");
            }
          };

  private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

  private final BlockingQueue<String> source = new LinkedBlockingQueue<>();
  private final CompletableFuture<Context> begun = new CompletableFuture<>();
  private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
  private JettyUnderTest jetty;
  private CancellableContext requests;

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    requests = root;
    var settings = new ServerSettings(root, Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
    var handler =
        new ContextHandler(root, new RequestContexts(DAY), this::serve)
            .withLimits(new RequestLimits(DAY, FOREVER));
    jetty = JettyUnderTest.start(settings, handler);
  }

  @AfterEach
  void stop() throws Exception {
    jetty.stop();
  }

  private void serve(Context ctx, Request request, Response response) throws Exception {
    begun.complete(ctx);
    try {
      switch (request.getHttpURI().getPath()) {
        case "/flood" -> flood(ctx, request, response);
        case "/rows" -> StreamingExamples.countedExport(ctx, request, response, ROWS);
        case "/broken" -> StreamingExamples.countedExport(ctx, request, response, BROKEN);
        default -> StreamingExamples.prices(ctx, request, response, source);
      }
    } catch (Exception e) {
      failed.complete(e);
      throw e;
    }
  }

  private static void flood(Context ctx, Request request, Response response) throws IOException {
    try (var out =
        ResponseStream.open(
            ctx,
            JettyMessages.INSTANCE,
            request,
            response,
            200,
            "application/octet-stream",
            Duration.ofMillis(200))) {
      while (true) {
        out.write(new byte[64 * 1024]);
      }
    }
  }

  private Socket get(String path) throws IOException {
    return get(jetty.port(), path);
  }

  private static Socket get(int port, String path) throws IOException {
    var socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    socket
        .getOutputStream()
        .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n".formatted(path).getBytes(UTF_8));
    return socket;
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
    try (Socket socket = get("/prices")) {
      BufferedReader lines = lines(socket);
      awaitLine(lines, "Content-Type: text/event-stream");
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
  void anEventPassesThroughNginxAtOnce(@TempDir Path directory) throws Exception {
    try (Proxy proxy = Proxy.nginx(directory, jetty.port(), "", "");
        Socket socket = get(proxy.port(), "/prices")) {
      BufferedReader lines = lines(socket);
      source.add("1.50");
      awaitLine(lines, "data: 1.50");
      source.add("1.51");
      awaitLine(lines, "data: 1.51");
    }
    failed.get(20, TimeUnit.SECONDS);
    assertThat(begun.join().cause()).isInstanceOf(ClientGoneException.class);
  }

  @Test
  void anHttp2StreamEndsWithItsEndpoint() throws Exception {
    source.add("1.50");
    source.add("");
    try (Http2Client client = Http2Client.plain(jetty.port())) {
      assertThat(client.get("/prices").answer().body()).startsWith("data: 1.50\n\n");
    }
  }

  @Test
  void aStreamThatTheEndCutsOffFailsForTheClient() throws Exception {
    source.add("1.50");
    Process curl = curl("/prices");
    begun.get(20, TimeUnit.SECONDS);
    while (!source.isEmpty()) {
      Thread.onSpinWait();
    }
    requests.cancel(new IllegalStateException("the prices have moved"));
    assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(curl.exitValue()).isIn(18, 52, 56); // cut off, empty or reset; never 0
  }

  @Test
  void aStreamWhoseEndpointReturnsIsComplete() throws Exception {
    source.add("1.50");
    source.add("");
    Process curl = curl("/prices");
    assertThat(new String(curl.getInputStream().readAllBytes(), UTF_8))
        .startsWith("data: 1.50\n\n");
    assertThat(curl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(curl.exitValue()).isZero();
  }

  private Process curl(String path) throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is missing");
    return new ProcessBuilder("/usr/bin/curl", "-sN", "http://127.0.0.1:" + jetty.port() + path)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void trailersFollowACompleteResponse() throws Exception {
    try (Socket socket = get("/rows")) {
      awaitLine(lines(socket), "X-Rows: 2");
    }
  }

  @Test
  void aResponseThatIsCutOffHasNoTrailers() throws Exception {
    try (Socket socket = get("/broken")) {
      assertThat(restOf(socket)).contains("a,1").doesNotContain("X-Rows: ");
    }
    failed.get(20, TimeUnit.SECONDS);
  }

  /** Until the connection is closed or reset. */
  private static String restOf(Socket socket) throws IOException {
    var rest = new StringBuilder();
    try {
      for (int next = socket.getInputStream().read();
          next >= 0;
          next = socket.getInputStream().read()) {
        rest.append((char) next);
      }
    } catch (SocketException e) {
      // Reset.
    }
    return rest.toString();
  }

  @Test
  void aClientThatDoesNotReadHoldsNothingPastTheLimit() throws Exception {
    try (Socket socket = get("/flood")) {
      assertThat(failed.get(20, TimeUnit.SECONDS))
          .isInstanceOfSatisfying(
              DeadlineExceededException.class,
              late -> assertThat(late.ending().cause()).isInstanceOf(WriteTimeoutException.class));
      assertThatThrownBy(() -> readToTheEnd(socket)).isInstanceOf(IOException.class);
    }
  }

  /** Of a chunked body, which is not whole without its last chunk. */
  private static void readToTheEnd(Socket socket) throws IOException {
    byte[] all = socket.getInputStream().readAllBytes();
    if (!new String(all, UTF_8).endsWith("0\r\n\r\n")) {
      throw new IOException("cut off");
    }
  }
}
