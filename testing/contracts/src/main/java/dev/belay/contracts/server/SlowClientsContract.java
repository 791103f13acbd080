package dev.belay.contracts.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.server.SlowClients.Kind;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.testkit.LeakExtension;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Very many clients at once that send or read next to nothing, for as long as they can: each is cut
 * off at its limit, and meanwhile the others are served.
 *
 * <p>The system property {@code belay.stress.slow} sets how many there are (200 unless set). Each
 * costs this process and the clients' a file. The log shows how long the others waited.
 */
@ExtendWith(LeakExtension.class)
public abstract class SlowClientsContract {
  private static final System.Logger LOG = System.getLogger(SlowClientsContract.class.getName());
  private static final int CONNECTIONS = Integer.getInteger("belay.stress.slow", 200);
  private static final int OTHERS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(3);

  /** More than the buffers of a connection hold whose client reads nothing. */
  private static final byte[] LONG = new byte[8 << 20];

  /** For subclasses. */
  protected SlowClientsContract() {}

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

  @Test
  void slowHeaders() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.HEADER_TIMEOUT);
    run(Kind.HEADER);
  }

  @Test
  void slowBodies() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.STREAMED_REQUESTS);
    run(Kind.BODY);
  }

  @Test
  void slowReaders() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.STREAMED_RESPONSES);
    run(Kind.READER);
  }

  @Test
  void connectionsThatOnlyPing() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.HTTP2);
    run(Kind.PING);
  }

  private void run(Kind kind) throws Exception {
    try (CancellableContext root = Context.root("slow");
        var running = new Stopping(start(settings(root), LIMIT, LIMIT, this::serve))) {
      int port = running.server().port();
      Process clients = launch(kind, port);
      try (BufferedReader out = clients.inputReader()) {
        assertEquals("open: " + CONNECTIONS, out.readLine());
        long opened = System.nanoTime();
        long longest = askBeside(port);
        assertEquals("closed by the server: " + CONNECTIONS, out.readLine());
        LOG.log(
            Level.INFO,
            "{0}: {1} slow clients, the last was cut off after {2} ms; {3} others were answered"
                + " within {4} ms",
            kind,
            CONNECTIONS,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - opened),
            OTHERS,
            TimeUnit.NANOSECONDS.toMillis(longest));
        assertEquals(0, clients.waitFor());
      } finally {
        clients.destroyForcibly();
      }
      assertEquals(Answer.ok("ok"), ask(port));
    }
  }

  private static ServerSettings settings(Context root) {
    return ServerSettings.of(root).withIdleTimeout(LIMIT).withHeaderTimeout(LIMIT);
  }

  private void serve(Context ctx, ServerExchange exchange) throws IOException {
    switch (exchange.path()) {
      case "/body" -> exchange.readBody();
      case "/long" -> exchange.write(true, LONG);
      default -> exchange.write(true, "ok".getBytes(US_ASCII));
    }
  }

  /** It needs nothing but its own class and the JDK. */
  private static Process launch(Kind kind, int port) throws IOException, URISyntaxException {
    Path classes =
        Path.of(SlowClients.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classes.toString(),
            SlowClients.class.getName(),
            kind.name(),
            Integer.toString(port),
            Integer.toString(CONNECTIONS))
        .redirectErrorStream(true)
        .start();
  }

  /** Each with a connection of its own; the longest wait for an answer, in nanoseconds. */
  private static long askBeside(int port) throws IOException {
    long longest = 0;
    for (int i = 0; i < OTHERS; i++) {
      long asked = System.nanoTime();
      assertEquals(Answer.ok("ok"), ask(port));
      longest = Math.max(longest, System.nanoTime() - asked);
    }
    return longest;
  }

  private static Answer ask(int port) throws IOException {
    try (Http1Client client = Http1Client.plain(port)) {
      return client.get("/").answer();
    }
  }
}
