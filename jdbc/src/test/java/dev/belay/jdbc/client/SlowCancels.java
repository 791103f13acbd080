package dev.belay.jdbc.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Stands between a driver and its PostgreSQL server, and delivers cancels late. */
final class SlowCancels implements AutoCloseable {
  /** What the second word of a cancel's first message is; nothing else begins so. */
  private static final int CANCEL_REQUEST = 80877102;

  private final ServerSocket listener =
      new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger delivered = new AtomicInteger();
  private final int serverPort;
  private final Duration delay;

  SlowCancels(int serverPort, Duration delay) throws IOException {
    this.serverPort = serverPort;
    this.delay = delay;
    Thread.ofVirtual().start(this::accept);
  }

  String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + listener.getLocalPort() + "/postgres?user=postgres";
  }

  int sessions() {
    return sessions.get();
  }

  int cancels() {
    return cancels.get();
  }

  /** Cancels that the server has got and answered. */
  int delivered() {
    return delivered.get();
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
    try (client;
        var server = new Socket(listener.getInetAddress(), serverPort)) {
      sockets.add(server);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      byte[] first = new byte[8];
      new DataInputStream(client.getInputStream()).readFully(first);
      boolean cancel = ByteBuffer.wrap(first).getInt(4) == CANCEL_REQUEST;
      if (cancel) {
        cancels.incrementAndGet();
        pass(delay);
      } else {
        sessions.incrementAndGet();
      }
      server.getOutputStream().write(first);
      Thread answers = Thread.ofVirtual().start(() -> pump(server, client));
      pump(client, server);
      answers.join();
      if (cancel) {
        delivered.incrementAndGet();
      }
    } catch (IOException | InterruptedException e) {
      // One of the two has gone; the other follows.
    }
  }

  private static void pass(Duration delay) {
    long until = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      in.transferTo(to.getOutputStream());
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
