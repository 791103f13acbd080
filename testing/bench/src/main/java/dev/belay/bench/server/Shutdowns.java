package dev.belay.bench.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.belay.bench.Child;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * From SIGTERM to the exit of a server with a grace of a second, whose requests do not end by
 * themselves: bodies that never come, responses that are not read, work without end.
 */
public final class Shutdowns {
  /** The median. */
  public static final String MEDIAN = "Shutdowns.median";

  /** The longest. */
  public static final String LONGEST = "Shutdowns.longest";

  private static final int TURNS = 7;
  private static final int OF_EACH = 200;
  private static final List<String> REQUESTS =
      List.of(
          "POST /body HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nb",
          "GET /long HTTP/1.1\r\nHost: localhost\r\n\r\n",
          "GET /work HTTP/1.1\r\nHost: localhost\r\n\r\n");

  private Shutdowns() {}

  /**
   * Measures them.
   *
   * @param figures takes a name and milliseconds
   */
  public static void measure(BiConsumer<String, Double> figures) throws Exception {
    System.out.println(
        "# Shutdowns: " + TURNS + " turns with " + REQUESTS.size() * OF_EACH + " requests each");
    File log = File.createTempFile("serving", ".log");
    List<Long> nanos = new ArrayList<>();
    for (int i = 0; i < TURNS; i++) {
      nanos.add(turn(log));
    }
    nanos.sort(null);
    figures.accept(MEDIAN, nanos.get(TURNS / 2) / 1e6);
    figures.accept(LONGEST, nanos.getLast() / 1e6);
  }

  private static long turn(File log) throws Exception {
    List<Socket> clients = new ArrayList<>();
    try (Child server = Child.start(Serving.class, log)) {
      for (int i = 0; i < OF_EACH; i++) {
        for (String request : REQUESTS) {
          clients.add(send(server.port(), request));
        }
      }
      long signal = System.nanoTime();
      server.terminate();
      return System.nanoTime() - signal;
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  /** With a small buffer, so that a response that is not read fills it. */
  private static Socket send(int port, String request) throws IOException {
    var socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return socket;
  }
}
