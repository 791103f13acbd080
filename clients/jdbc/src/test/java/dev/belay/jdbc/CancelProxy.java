package dev.belay.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A relay that delivers cancels late, or not all of them. */
final class CancelProxy extends Relay {
  private final Set<Socket> cancelling = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
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
    super(database);
    this.delay = delay;
    this.dropped = dropped;
    start();
  }

  int cancels() {
    return cancels.get();
  }

  /** Cancels that have come to something: dropped, or answered by the server. */
  int settled() {
    return settled.get();
  }

  @Override
  void ask(Socket client, Socket server) throws IOException {
    InputStream in = client.getInputStream();
    OutputStream out = server.getOutputStream();
    var buffer = new byte[8192];
    for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
      if (database.isCancel(buffer, length)) {
        cancelling.add(client);
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

  @Override
  void answer(Socket server, Socket client) throws IOException {
    copy(server, client, () -> {});
  }

  @Override
  void served(Socket client) {
    if (cancelling.remove(client)) {
      settled.incrementAndGet();
    }
  }

  private static void await(Duration delay) {
    long until = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
