package dev.belay.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Stands between a driver and its server, and delivers cancels late, or not all of them. */
final class CancelProxy implements AutoCloseable {
  private final ServerSocket listener =
      new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
  private final TestDatabase.Server database;
  private final Duration delay;
  private final int dropped;

  /**
   * Starts listening.
   *
   * @param delay by how much a cancel is late
   * @param dropped of how many cancels one only arrives, 0 for none; the connections of the others
   *     are closed
   */
  CancelProxy(TestDatabase.Server database, Duration delay, int dropped) throws IOException {
    this.database = database;
    this.delay = delay;
    this.dropped = dropped;
    Thread.ofVirtual().start(this::accept);
  }

  String jdbcUrl() {
    return database.jdbcUrl(listener.getLocalPort());
  }

  int cancels() {
    return cancels.get();
  }

  /** Cancels that have come to something: dropped, or answered by the server. */
  int settled() {
    return settled.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket client) {
    var cancel = new boolean[1];
    try (client;
        var server = new Socket(listener.getInetAddress(), database.port())) {
      sockets.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Thread answers = Thread.ofVirtual().start(() -> pass(server, client));
      ask(client, server, cancel);
      answers.join();
    } catch (IOException | InterruptedException e) {
      // One of the two has gone; the other follows.
    } finally {
      if (cancel[0]) {
        settled.incrementAndGet();
      }
    }
  }

  private void ask(Socket client, Socket server, boolean[] cancel) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = server.getOutputStream();
    var buffer = new byte[8192];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      if (database.isCancel(buffer, length)) {
        cancel[0] = true;
        int before = cancels.getAndIncrement();
        if (dropped == 0 || before % dropped != 0) {
          server.close();
          return;
        }
        await(delay);
      }
      out.write(buffer, 0, length);
    }
    server.shutdownOutput();
  }

  private static void await(Duration delay) {
    long until = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // As above.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
