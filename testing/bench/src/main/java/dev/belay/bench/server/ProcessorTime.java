package dev.belay.bench.server;

import dev.belay.bench.Child;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/**
 * The processor time that a server needs for a request, with contexts and without, as the ratio of
 * pairs that follow each other. Each server is a process of its own, so its clients do not count.
 */
public final class ProcessorTime {
  /** The median of the pairs. */
  public static final String MEDIAN = "ProcessorTime.median";

  /** The lowest and the highest of the pairs. */
  public static final String LOWEST = "ProcessorTime.lowest";

  public static final String HIGHEST = "ProcessorTime.highest";

  private static final int PAIRS = 10;
  private static final int CLIENTS = 4;
  private static final int REQUESTS = 10_000;
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private ProcessorTime() {}

  /**
   * Measures them.
   *
   * @param figures takes a name and a ratio
   */
  public static void measure(BiConsumer<String, Double> figures) throws Exception {
    System.out.println("# Processor time of a request: " + PAIRS + " pairs");
    File log = File.createTempFile("answering", ".log");
    try (Child bare = Child.start(Answering.class, log, "false");
        Child contexts = Child.start(Answering.class, log, "true")) {
      for (int i = 0; i < 3; i++) {
        nanos(bare);
        nanos(contexts);
      }
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < PAIRS; i++) {
        // The one that comes second meets a warmer machine: that must not always be the same one.
        double first = nanos(i % 2 == 0 ? bare : contexts);
        double second = nanos(i % 2 == 0 ? contexts : bare);
        ratios.add(i % 2 == 0 ? second / first : first / second);
      }
      ratios.sort(null);
      figures.accept(MEDIAN, (ratios.get(PAIRS / 2) + ratios.get(PAIRS / 2 - 1)) / 2);
      figures.accept(LOWEST, ratios.getFirst());
      figures.accept(HIGHEST, ratios.getLast());
    }
  }

  /** For all requests of all clients. */
  private static double nanos(Child server) throws Exception {
    long before = server.processorTime().toNanos();
    List<Future<?>> clients = new ArrayList<>();
    try (var threads = Executors.newFixedThreadPool(CLIENTS)) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(
            threads.submit(
                () -> {
                  ask(server.port());
                  return null;
                }));
      }
    }
    for (Future<?> client : clients) {
      client.get();
    }
    return server.processorTime().toNanos() - before;
  }

  private static void ask(int port) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < REQUESTS; i++) {
        socket.getOutputStream().write(REQUEST);
        skipAnswer(in);
      }
    }
  }

  /** A header, and the two bytes behind it. */
  private static void skipAnswer(InputStream in) throws IOException {
    int ends = 0;
    while (ends < 2) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the server has closed a connection");
      }
      ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
    }
    in.skipNBytes(2);
  }
}
