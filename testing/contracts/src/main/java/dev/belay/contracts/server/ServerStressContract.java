package dev.belay.contracts.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Status;
import dev.belay.contracts.Unsupported;
import dev.belay.contracts.socket.Answer;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.contracts.socket.HttpClientByHand;
import dev.belay.contracts.socket.HttpClientByHand.Pending;
import dev.belay.testkit.LeakExtension;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random requests to a host that watches its clients all the time: no byte of a body, of a
 * pipelined request or of an answer gets lost or out of order, every answer comes, and no client
 * that waits for one is taken for gone. Who ships a hook that reads where the host reads ships this
 * test: every first version of one failed it.
 *
 * <p>The system property {@code belay.stress.requests} sets how many there are (5,000 unless set; a
 * quarter of that over TLS and over HTTP/2), {@code belay.stress.seed} repeats the requests of
 * another run. The log shows the seed and the figures.
 */
@ExtendWith(LeakExtension.class)
public abstract class ServerStressContract {
  private static final System.Logger LOG = System.getLogger(ServerStressContract.class.getName());
  private static final int REQUESTS = Integer.getInteger("belay.stress.requests", 5_000);
  private static final long SEED =
      Long.getLong("belay.stress.seed", ThreadLocalRandom.current().nextLong());
  private static final int CLIENTS = 4;
  private static final int REQUESTS_PER_CONNECTION = 90;

  private final AtomicInteger handled = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();

  /** For subclasses. */
  protected ServerStressContract() {}

  /**
   * Starts a server that runs {@code script} for each request. The contract stops it.
   *
   * @throws Exception if it does not start
   */
  protected abstract ServerUnderTest start(ServerSettings settings, ServerScript script)
      throws Exception;

  /** What the host cannot do. */
  protected Set<ServerFeature> unsupported() {
    return Set.of();
  }

  @Test
  void randomRequestsOverHttp1() throws Exception {
    run(
        "HTTP/1.1",
        REQUESTS,
        server -> Http1Client.plain(server.port()),
        ServerStressContract::http1);
  }

  @Test
  void randomRequestsOverTls() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.TLS);
    var trust = Certificate.forLocalhost().client();
    run(
        "HTTP/1.1 and TLS",
        REQUESTS / 4,
        server -> Http1Client.tls(server.tlsPort(), trust),
        ServerStressContract::http1);
  }

  @Test
  void randomRequestsOverHttp2() throws Exception {
    Unsupported.skip(this, unsupported(), ServerFeature.HTTP2);
    run(
        "HTTP/2",
        REQUESTS / 4,
        server -> Http2Client.plain(server.port()),
        ServerStressContract::http2);
  }

  // ---- the run

  private interface Connecting<C> {
    C connect(ServerUnderTest server) throws IOException;
  }

  private interface Burst<C> {
    /** Sends several requests before it reads an answer. */
    List<Pending> send(C client, Random random, List<RandomRequest> requests)
        throws IOException, InterruptedException;
  }

  private <C extends HttpClientByHand> void run(
      String protocol, int requests, Connecting<C> connecting, Burst<C> burst) throws Exception {
    LOG.log(
        Level.INFO,
        "{0} random requests over {1}, -Dbelay.stress.seed={2}",
        requests,
        protocol,
        "" + SEED);
    long started = System.nanoTime();
    int answered = 0;
    try (CancellableContext root = Context.root("stress");
        var running = new Stopping(start(ServerSettings.of(root), this::handle));
        var threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        var random = new Random(SEED + i);
        clients.add(
            threads.submit(
                () -> client(running.server(), connecting, burst, random, requests / CLIENTS)));
      }
      for (Future<Integer> client : clients) {
        answered += client.get(30, TimeUnit.MINUTES);
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError("with -Dbelay.stress.seed=" + SEED, e);
    }
    double seconds = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started) / 1000.0;
    LOG.log(
        Level.INFO,
        "{0} requests answered in {1} s, each byte as expected; {2} contexts cancelled",
        answered,
        seconds,
        cancelled);
    assertEquals(answered, handled.get(), "requests handled");
    assertEquals(0, cancelled.get(), "cancelled without cause, -Dbelay.stress.seed=" + SEED);
  }

  private void handle(Context ctx, ServerExchange exchange) throws IOException {
    handled.incrementAndGet();
    // Inline, because it only counts.
    ctx.onDone(
        () -> {
          if (ctx.status() != Status.CLOSED) {
            cancelled.incrementAndGet();
          }
        },
        Runnable::run);
    var random = ThreadLocalRandom.current();
    boolean before = random.nextBoolean();
    if (before) {
      RandomRequest.pause(random);
    }
    byte[] body = exchange.readBody();
    if (!before) {
      RandomRequest.pause(random);
    }
    exchange.write(true, RandomRequest.answer(exchange.path(), body).getBytes(ISO_8859_1));
  }

  private static <C extends HttpClientByHand> int client(
      ServerUnderTest server, Connecting<C> connecting, Burst<C> burst, Random random, int requests)
      throws IOException, InterruptedException {
    int sent = 0;
    while (sent < requests) {
      try (C client = connecting.connect(server)) {
        for (int here = 0; here < REQUESTS_PER_CONNECTION && sent < requests; ) {
          int together = random.nextInt(4) == 0 ? 2 + random.nextInt(3) : 1;
          exchange(client, burst, random, sent, together);
          here += together;
          sent += together;
        }
      }
    }
    return sent;
  }

  private static <C> void exchange(
      C client, Burst<C> burst, Random random, int number, int together)
      throws IOException, InterruptedException {
    List<RandomRequest> requests = new ArrayList<>();
    for (int i = 0; i < together; i++) {
      requests.add(RandomRequest.next(random, number + i));
    }
    List<Pending> pending = burst.send(client, random, requests);
    for (int i = 0; i < together; i++) {
      assertEquals(Answer.ok(requests.get(i).answer()), pending.get(i).answer());
    }
  }

  // ---- the protocols

  /** Pipelined, and split anywhere. */
  private static List<Pending> http1(
      Http1Client client, Random random, List<RandomRequest> requests)
      throws IOException, InterruptedException {
    var bytes = new ByteArrayOutputStream();
    List<Pending> pending = new ArrayList<>();
    for (RandomRequest request : requests) {
      bytes.writeBytes(request.bytes());
      pending.add(client::answer);
    }
    RandomRequest.split(random, bytes.toByteArray(), (part, last) -> client.send(part));
    return pending;
  }

  /** At the same time, each body split into frames anywhere. */
  private static List<Pending> http2(
      Http2Client client, Random random, List<RandomRequest> requests)
      throws IOException, InterruptedException {
    List<Pending> pending = new ArrayList<>();
    for (RandomRequest request : requests) {
      if (request.isPost()) {
        var stream = client.postHeader(request.path());
        RandomRequest.split(random, request.body(), stream::data);
        pending.add(stream);
      } else {
        pending.add(client.get(request.path()));
      }
    }
    return pending;
  }
}
