package dev.belay.demo.storm;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One customer: a raw socket, one order, and maybe no patience. */
final class Customer {
  private enum Kind {
    PATIENT,
    DROPS,
    IN_A_HURRY
  }

  private static final Pattern STATUS = Pattern.compile("\\AHTTP/1\\.1 ([0-9]{3}) ");
  private static final Pattern ID = Pattern.compile("\"id\":([0-9]+)");
  private static final int LONGEST_PATIENCE_MILLIS = 3000;

  private final int port;
  private final Kind kind;
  private final int patienceMillis;
  private final boolean resets;
  private final int product;

  Customer(int port, int number, Random random) {
    this.port = port;
    this.kind = Kind.values()[number % 3];
    // Squared, so that many leave early, when the first steps are under way.
    double chance = random.nextDouble();
    this.patienceMillis = (int) (chance * chance * LONGEST_PATIENCE_MILLIS);
    this.resets = random.nextBoolean();
    this.product = 1 + random.nextInt(1000);
  }

  /** Orders, and reads the answer or leaves; leaves too when {@code ctx} ends. */
  Outcome order(Context ctx, ScheduledExecutorService clock) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return ctx.call(Canceller.closing(socket), c -> order(socket, clock));
    } catch (ContextEndedException e) {
      return Outcome.NONE;
    }
  }

  private Outcome order(Socket socket, ScheduledExecutorService clock) throws IOException {
    long begun = System.nanoTime();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(120_000);
      socket.getOutputStream().write(request());
      var leaving =
          kind == Kind.DROPS
              ? clock.schedule(() -> leave(socket), patienceMillis, TimeUnit.MILLISECONDS)
              : null;
      try {
        return answer(socket, begun);
      } finally {
        if (leaving != null) {
          leaving.cancel(false);
        }
      }
    } catch (IOException e) {
      if (kind == Kind.DROPS) {
        return Outcome.NONE;
      }
      throw e;
    }
  }

  private void leave(Socket socket) {
    try {
      if (resets) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private byte[] request() {
    String body =
        "{\"email\":\"storm@example.org\",\"items\":[{\"productId\":%d,\"quantity\":1},{\"productId\":%d,\"quantity\":2}]}"
            .formatted(product, product % 1000 + 1);
    String hurry = kind == Kind.IN_A_HURRY ? "Belay-Timeout-Ms: " + patienceMillis + "\r\n" : "";
    return ("POST /orders HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + "Authorization: Bearer demo\r\nContent-Type: application/json\r\n"
            + hurry
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private Outcome answer(Socket socket, long begun) throws IOException {
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    Matcher status = STATUS.matcher(answer);
    if (!status.find()) {
      return Outcome.NONE;
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    Matcher id = ID.matcher(answer);
    return new Outcome(
        Integer.parseInt(status.group(1)),
        status.group(1).equals("201") && id.find() ? Long.valueOf(id.group(1)) : null,
        kind != Kind.IN_A_HURRY || millis <= patienceMillis);
  }

  static ScheduledExecutorService clock() {
    return Executors.newSingleThreadScheduledExecutor(
        Thread.ofPlatform().name("storm-clock").daemon().factory());
  }
}
