package dev.belay.jdbc;

import dev.belay.testkit.faults.FaultProxy;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A proxy that delivers cancels late, or not all of them. */
final class CancelProxy implements AutoCloseable {
  private final AtomicInteger cancels = new AtomicInteger();
  private final AtomicInteger settled = new AtomicInteger();
  private final TestDatabase.Server database;
  private final Duration delay;
  private final int dropped;
  private final FaultProxy proxy;

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
    this.proxy = FaultProxy.to(database.port(), Cancels::new);
  }

  String jdbcUrl() {
    return database.jdbcUrl(proxy.port());
  }

  int cancels() {
    return cancels.get();
  }

  /** Cancels that have come to something: dropped, or answered by the server. */
  int settled() {
    return settled.get();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }

  /** One connection, which may be there for a cancel alone. */
  private final class Cancels implements FaultProxy.Filter {
    private volatile boolean cancelling;

    @Override
    public boolean passToServer(byte[] bytes) {
      if (!database.isCancel(bytes, bytes.length)) {
        return true;
      }
      cancelling = true;
      int before = cancels.getAndIncrement();
      if (dropped == 0 || before % dropped != 0) {
        return false;
      }
      await(delay);
      return true;
    }

    @Override
    public void closed() {
      if (cancelling) {
        settled.incrementAndGet();
      }
    }
  }

  private static void await(Duration delay) {
    long until = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
