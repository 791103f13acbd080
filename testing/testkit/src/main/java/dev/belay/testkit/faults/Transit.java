package dev.belay.testkit.faults;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one direction of a connection that have come and have not gone on, in their order.
 * One thread brings them, another one takes them.
 */
final class Transit {
  /** More than this is not kept, 8 MB at most: the sender waits. */
  private static final int MOST = 1024;

  // Guarded by the monitor:
  private final Queue<Piece> pieces = new ArrayDeque<>();
  private boolean over;
  private @Nullable IOException failure;

  /** Bytes that came together. */
  static final class Piece {
    final byte[] bytes;

    /** When they came, by {@link System#nanoTime}. */
    final long since;

    Piece(byte[] bytes, long since) {
      this.bytes = bytes;
      this.since = since;
    }
  }

  /**
   * Waits for room, and adds what came.
   *
   * @param ahead whether there is room although something is under way
   * @return false if nobody takes it
   */
  synchronized boolean bring(byte[] bytes, boolean ahead) throws InterruptedException {
    long since = System.nanoTime();
    while (!over && pieces.size() >= (ahead ? MOST : 1)) {
      wait();
    }
    pieces.add(new Piece(bytes, since));
    notifyAll();
    return !over;
  }

  /**
   * Waits for what comes next; null at the end.
   *
   * @throws IOException if the side that sends is gone, with what is still under way
   */
  synchronized @Nullable Piece take() throws IOException, InterruptedException {
    while (!over && pieces.isEmpty()) {
      wait();
    }
    if (failure != null) {
      throw failure;
    }
    notifyAll();
    return pieces.poll();
  }

  /** The side that sends is gone. */
  synchronized void fail(IOException why) {
    failure = why;
    end();
  }

  /** Nothing more comes, or nothing more is taken. */
  synchronized void end() {
    over = true;
    notifyAll();
  }
}
