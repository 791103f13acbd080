package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.jetty.ServerUnderTest.Incoming;
import dev.belay.jetty.ServerUnderTest.Settings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Random requests over connections that are watched all the time: no byte of a body or of a
 * pipelined request gets lost or out of order, every answer comes, and no client that waits for one
 * is taken for gone. The system property {@code belay.stress.requests} sets how many there are; a
 * failure names its seed.
 */
class WatchEndPointStress {
  private static final int REQUESTS = Integer.getInteger("belay.stress.requests", 5_000);
  private static final int CLIENTS = 4;
  private static final int REQUESTS_PER_CONNECTION = 90;

  private final AtomicLong told = new AtomicLong();

  private interface Connecting {
    Http1Client connect(ServerUnderTest server) throws Exception;
  }

  @Test
  void plain() throws Exception {
    run(REQUESTS, server -> Http1Client.plain(server.port()));
  }

  @Test
  void tls() throws Exception {
    run(REQUESTS / 4, server -> Http1Client.tls(server.tlsPort()));
  }

  private void run(int requests, Connecting connecting) throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    int answered = 0;
    try (ServerUnderTest server = JettyUnderTest.start(Settings.DEFAULT, this::handle);
        var threads = Executors.newFixedThreadPool(CLIENTS)) {
      List<Future<Integer>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(seed + i);
        Callable<Integer> client = () -> client(server, connecting, random, requests / CLIENTS);
        clients.add(threads.submit(client));
      }
      for (Future<Integer> client : clients) {
        answered += client.get(10, TimeUnit.MINUTES);
      }
    } catch (Exception | Error e) {
      throw new AssertionError("seed " + seed, e);
    }
    assertThat(answered).isGreaterThanOrEqualTo(requests / CLIENTS * CLIENTS);
    assertThat(told).as("clients taken for gone, seed %s", seed).hasValue(0);
  }

  // ---- the server

  private void handle(Incoming request) throws Exception {
    request.watch(gone -> told.incrementAndGet());
    var random = ThreadLocalRandom.current();
    boolean before = random.nextBoolean();
    if (before) {
      delay(random);
    }
    byte[] body = request.readBody();
    if (!before) {
      delay(random);
    }
    request.write(true, answer(request.path(), body).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void delay(Random random) {
    if (random.nextInt(3) == 0) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3_000)));
    }
  }

  /** What a request must get: it depends on every byte of the body, and is of any length. */
  private static String answer(String path, byte[] body) {
    int hash = Arrays.hashCode(body);
    return path + ":" + body.length + ":" + hash + path.repeat(Math.floorMod(hash, 500));
  }

  // ---- a client

  private static int client(
      ServerUnderTest server, Connecting connecting, Random random, int requests) throws Exception {
    int sent = 0;
    while (sent < requests) {
      try (Http1Client client = connecting.connect(server)) {
        for (int here = 0; here < REQUESTS_PER_CONNECTION && sent < requests; ) {
          int burst = random.nextInt(4) == 0 ? 3 : 1;
          exchange(client, random, burst, sent);
          here += burst;
          sent += burst;
        }
      }
    }
    return sent;
  }

  private static void exchange(Http1Client client, Random random, int burst, int number)
      throws Exception {
    var bytes = new ByteArrayOutputStream();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < burst; i++) {
      String path = "/" + (number + i);
      boolean post = random.nextInt(3) == 0;
      byte[] body = post ? body(random) : new byte[0];
      String length = post ? "Content-Length: " + body.length + "\r\n" : "";
      String header =
          (post ? "POST " : "GET ") + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n";
      bytes.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
      bytes.writeBytes(body);
      expected.add(answer(path, body));
    }
    sendSplit(client, random, bytes.toByteArray());
    for (String answer : expected) {
      assertThat(client.answer()).isEqualTo(new Http1Client.Answer(200, answer));
    }
  }

  private static byte[] body(Random random) {
    byte[] body = new byte[random.nextInt(random.nextInt(10) == 0 ? 150_000 : 3_000)];
    random.nextBytes(body);
    return body;
  }

  private static void sendSplit(Http1Client client, Random random, byte[] bytes) throws Exception {
    int at = 0;
    while (random.nextInt(3) == 0 && at < bytes.length) {
      int next = at + 1 + random.nextInt(bytes.length - at);
      client.send(Arrays.copyOfRange(bytes, at, next));
      delay(random);
      at = next;
    }
    if (at < bytes.length) {
      client.send(Arrays.copyOfRange(bytes, at, bytes.length));
    }
  }
}
