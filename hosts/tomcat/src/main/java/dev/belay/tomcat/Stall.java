package dev.belay.tomcat;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds an HTTP/2 connection on which bytes keep coming that never become a request: PING and other
 * frames without a stream, or a header of a byte a second. It compares twice within the limit, so
 * such a connection is found after the limit, and before one and a half of it. A connection that is
 * silent is Tomcat's to close.
 *
 * <p>Used by Tomcat's thread for time-outs, but for {@link #request}.
 */
final class Stall {
  private final long half;
  private final AtomicInteger requests = new AtomicInteger();

  private long lookedAt;
  private int requestsThen;
  private long lastReadThen;
  private int looks;

  /** Times are in milliseconds. */
  Stall(long limit, long now) {
    this.half = limit / 2;
    this.lookedAt = now;
    this.lastReadThen = now;
  }

  /** A request has come. */
  void request() {
    requests.incrementAndGet();
  }

  /**
   * Whether the connection has stalled.
   *
   * @param busy whether a request is being served
   * @param lastRead when bytes came last
   */
  boolean isSeen(long now, boolean busy, long lastRead) {
    if (now - lookedAt < half) {
      return false;
    }
    int count = requests.get();
    boolean stalled = !busy && count == requestsThen && lastRead > lastReadThen;
    looks = stalled ? looks + 1 : 0;
    lookedAt = now;
    requestsThen = count;
    lastReadThen = lastRead;
    return looks >= 2;
  }
}
