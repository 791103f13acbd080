package dev.belay.contracts.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A request of random size whose answer depends on every byte of it. Without a body it is a GET.
 */
final class RandomRequest {
  private static final int LONGEST = 150_000;

  private final String path;
  private final byte[] body;

  private RandomRequest(String path, byte[] body) {
    this.path = path;
    this.body = body;
  }

  static RandomRequest next(Random random, int number) {
    byte[] body = new byte[random.nextInt(3) == 0 ? length(random) : 0];
    random.nextBytes(body);
    return new RandomRequest("/" + number, body);
  }

  /** One in ten is long. */
  private static int length(Random random) {
    return 1 + random.nextInt(random.nextInt(10) == 0 ? LONGEST : 3_000);
  }

  String path() {
    return path;
  }

  byte[] body() {
    return body;
  }

  boolean isPost() {
    return body.length > 0;
  }

  /** What it must be answered. */
  String answer() {
    return answer(path, body);
  }

  static String answer(String path, byte[] body) {
    int hash = Arrays.hashCode(body);
    String head = path + ":" + body.length + ":" + hash + ":";
    return head + path.repeat(length(new Random(path.hashCode() + hash)) / path.length());
  }

  /** The request as HTTP/1.1 sends it. */
  byte[] bytes() {
    String length = isPost() ? "Content-Length: " + body.length + "\r\n" : "";
    String head =
        (isPost() ? "POST " : "GET ") + path + " HTTP/1.1\r\nHost: localhost\r\n" + length + "\r\n";
    byte[] bytes = Arrays.copyOf(head.getBytes(ISO_8859_1), head.length() + body.length);
    System.arraycopy(body, 0, bytes, head.length(), body.length);
    return bytes;
  }

  /** Where parts go. */
  interface Sink {
    void send(byte[] part, boolean last) throws IOException, InterruptedException;
  }

  /** Sends {@code bytes} whole, or in random parts with pauses. */
  static void split(Random random, byte[] bytes, Sink sink)
      throws IOException, InterruptedException {
    int at = 0;
    while (random.nextInt(3) == 0 && at < bytes.length - 1) {
      int next = at + 1 + random.nextInt(bytes.length - at - 1);
      sink.send(Arrays.copyOfRange(bytes, at, next), false);
      pause(random);
      at = next;
    }
    sink.send(Arrays.copyOfRange(bytes, at, bytes.length), true);
  }

  /** Waits up to 3 ms, or not at all. */
  static void pause(Random random) {
    if (random.nextInt(3) == 0) {
      LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3_000)));
    }
  }
}
