package dev.belay.contracts.socket;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much the other side of an HTTP/2 connection lets this one send (RFC 9113, section 5.2). */
final class SendWindows {
  private static final int INITIAL = 65_535;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Integer, Integer> used = new HashMap<>();
  private long connection = INITIAL;
  private int initial = INITIAL;
  private boolean closed;

  /** What streams have used is negative where it was credited before. */
  private static final int STREAM_CLOSED = Integer.MAX_VALUE;

  /**
   * Takes leave to send some of {@code wanted} bytes; waits for it.
   *
   * @throws IOException if the stream or the connection ends before
   */
  int take(int stream, int wanted) throws IOException, InterruptedException {
    lock.lock();
    try {
      while (true) {
        requireOpen(stream);
        int streamUsed = used.getOrDefault(stream, 0);
        long left = Math.min(connection, (long) initial - streamUsed);
        if (left > 0 || wanted == 0) {
          int taken = (int) Math.min(wanted, left);
          connection -= taken;
          used.put(stream, streamUsed + taken);
          return taken;
        }
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Does nothing to a stream on which may be sent.
   *
   * @throws IOException if it has ended, or its connection
   */
  void requireOpen(int stream) throws IOException {
    lock.lock();
    try {
      if (closed || used.getOrDefault(stream, 0) == STREAM_CLOSED) {
        throw new IOException("HTTP/2: the stream or its connection has ended");
      }
    } finally {
      lock.unlock();
    }
  }

  void initial(int size) {
    change(() -> initial = size);
  }

  /** The other side gives credit; stream 0 is the connection. */
  void grow(int stream, int count) {
    change(
        () -> {
          if (stream == 0) {
            connection += count;
          } else {
            used.compute(stream, (id, sum) -> grown(sum == null ? 0 : sum, count));
          }
        });
  }

  private static int grown(int used, int count) {
    return used == STREAM_CLOSED ? used : used - count;
  }

  void close(int stream) {
    change(() -> used.put(stream, STREAM_CLOSED));
  }

  void closeAll() {
    change(() -> closed = true);
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
