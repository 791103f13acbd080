package dev.belay.testkit.faults;

import dev.belay.testkit.faults.Transit.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands on this machine between a client and its server, and passes bytes on until it is set to
 * fail. A fault holds for all connections, those that are open too, until the next call. The test
 * that opens it closes it, which ends its connections and threads. Any thread may call any method.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int CHUNK = 8192;

  private final ServerSocket listener = new ServerSocket(0, 50, loopback());
  private final Connections connections = new Connections("fault-proxy");
  private final CountDownLatch closing = new CountDownLatch(1);
  private final InetSocketAddress server;
  private final Supplier<? extends Filter> filters;
  private volatile Fault fault = Fault.of(Fault.Kind.PASS);

  /** Decides about what passes on one connection, by what it is. It may wait, which delays that. */
  public interface Filter {
    /** Whether these bytes of the client go to the server; if not the connection is cut. */
    default boolean passToServer(byte[] bytes) {
      return true;
    }

    /** Whether these bytes of the server go to the client; if not the connection is cut. */
    default boolean passToClient(byte[] bytes) {
      return true;
    }

    /** Both sides of the connection are closed. */
    default void closed() {}
  }

  /**
   * What the proxy does.
   *
   * @param cutAt after so many bytes to the client a connection is cut
   * @param ended opened when another fault is in force
   */
  private record Fault(Kind kind, long delayNanos, long cutAt, CountDownLatch ended) {

    enum Kind {
      PASS,
      DROP,
      SILENCE
    }

    static Fault of(Kind kind) {
      return new Fault(kind, 0, Long.MAX_VALUE, new CountDownLatch(1));
    }

    boolean isLate() {
      return delayNanos > 0;
    }
  }

  private FaultProxy(InetSocketAddress server, Supplier<? extends Filter> filters)
      throws IOException {
    this.server = server;
    this.filters = filters;
    connections.start(this::accept);
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
  }

  /** A proxy before the server at this port of this machine. */
  public static FaultProxy to(int port) throws IOException {
    return to(port, () -> new Filter() {});
  }

  /**
   * The same with a filter.
   *
   * @param filters makes one for each connection
   */
  public static FaultProxy to(int port, Supplier<? extends Filter> filters) throws IOException {
    return new FaultProxy(new InetSocketAddress(loopback(), port), filters);
  }

  /** The port of this machine on which it listens. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Passes everything on, which ends every fault. */
  public void pass() {
    set(Fault.of(Fault.Kind.PASS));
  }

  /** Passes nothing on, keeps its connections and accepts new ones. What came waits. */
  public void goSilent() {
    set(Fault.of(Fault.Kind.SILENCE));
  }

  /** Cuts its connections, and new ones at once. */
  public void drop() throws IOException {
    set(Fault.of(Fault.Kind.DROP));
    connections.cut();
  }

  /**
   * Passes on each byte so much after it came, by real time, however many are on their way. What is
   * on its way when another fault is set passes as that one says.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void delay(Duration delay) {
    if (delay.isNegative()) {
      throw new IllegalArgumentException(
          "delay is " + delay + ": nothing arrives before it is sent");
    }
    boolean endless = delay.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0;
    long nanos = endless ? Long.MAX_VALUE : delay.toNanos();
    set(new Fault(Fault.Kind.PASS, nanos, Long.MAX_VALUE, new CountDownLatch(1)));
  }

  /**
   * Cuts a connection once so many bytes have gone to its client, from its beginning; one that is
   * past them at its next.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public void cutAfter(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes is " + bytes + ": cut after none or more");
    }
    set(new Fault(Fault.Kind.PASS, 0, bytes, new CountDownLatch(1)));
  }

  private synchronized void set(Fault next) {
    Fault before = fault;
    fault = next;
    before.ended.countDown();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = connections.opened(listener.accept());
      connections.start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException, InterruptedException {
    Filter filter = filters.get();
    try (client) {
      if (fault.kind == Fault.Kind.DROP) {
        return;
      }
      try (var target = connections.opened(new Socket(server.getAddress(), server.getPort()))) {
        client.setTcpNoDelay(true);
        target.setTcpNoDelay(true);
        Thread answers = connections.start(() -> answer(target, client, filter));
        ask(client, target, filter);
        answers.join();
      }
    } finally {
      filter.closed();
    }
  }

  private void ask(Socket client, Socket target, Filter filter)
      throws IOException, InterruptedException {
    OutputStream out = target.getOutputStream();
    Transit transit = receive(client.getInputStream());
    try {
      for (Piece next = transit.take(); next != null; next = transit.take()) {
        if (!filter.passToServer(next.bytes)) {
          target.close();
          return;
        }
        awaitPassing(next);
        out.write(next.bytes);
      }
    } finally {
      transit.end();
    }
    target.shutdownOutput();
  }

  private void answer(Socket target, Socket client, Filter filter)
      throws IOException, InterruptedException {
    OutputStream out = client.getOutputStream();
    Transit transit = receive(target.getInputStream());
    long sent = 0;
    try {
      for (Piece next = transit.take(); next != null; next = transit.take()) {
        byte[] bytes = next.bytes;
        if (!filter.passToClient(bytes)) {
          cut(target, client);
          return;
        }
        long rest = Math.max(0, awaitPassing(next).cutAt - sent);
        out.write(bytes, 0, (int) Math.min(bytes.length, rest));
        sent += bytes.length;
        if (bytes.length >= rest) {
          cut(target, client);
          return;
        }
      }
    } finally {
      transit.end();
    }
    client.shutdownOutput();
  }

  /** Reads on a thread of its own, which knows when something came while the last still waits. */
  private Transit receive(InputStream in) {
    var transit = new Transit();
    connections.start(
        () -> {
          try {
            byte[] bytes = next(in);
            while (bytes != null && transit.bring(bytes, fault.isLate())) {
              bytes = next(in);
            }
          } catch (IOException e) {
            transit.fail(e);
          } finally {
            transit.end();
          }
        });
    return transit;
  }

  private static void cut(Socket target, Socket client) throws IOException {
    client.close();
    target.close();
  }

  /** What comes next; null at the end. */
  private static byte @Nullable [] next(InputStream in) throws IOException {
    var buffer = new byte[CHUNK];
    int length = in.read(buffer);
    return length < 0 ? null : Arrays.copyOf(buffer, length);
  }

  /** Waits as the fault says; the one under which the bytes pass. */
  private Fault awaitPassing(Piece piece) throws IOException, InterruptedException {
    Fault now = fault;
    while (closing.getCount() > 0) {
      if (now.kind == Fault.Kind.SILENCE) {
        now.ended.await();
      } else {
        long left = now.delayNanos - (System.nanoTime() - piece.since);
        if (left <= 0 || !now.ended.await(left, TimeUnit.NANOSECONDS)) {
          return now;
        }
      }
      now = fault;
    }
    throw new IOException("the proxy is closed: nothing passes any more");
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    pass();
    listener.close();
    connections.close();
  }
}
