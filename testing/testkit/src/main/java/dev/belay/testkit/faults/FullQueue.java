package dev.belay.testkit.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.LockSupport;

/**
 * Accepts nothing, and its queue of connections is full: one that is made hangs, as to a machine
 * that is not there. Systems differ in what they do then; Linux drops what comes.
 */
final class FullQueue implements StalledServer {
  private static final int MOST = 64;
  private static final int A_MOMENT = 200;
  private static final Path SOCKETS = Path.of("/proc/net/tcp");

  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Deque<Socket> queued = new ArrayDeque<>();

  /**
   * Fills its queue.
   *
   * @throws IOException also if this system's queue does not fill
   */
  FullQueue() throws IOException {
    var address = new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    try {
      while (queued.size() < MOST) {
        var socket = new Socket();
        queued.push(socket);
        socket.connect(address, A_MOMENT);
      }
    } catch (SocketTimeoutException full) {
      return;
    }
    close();
    throw new IOException("after " + MOST + " connections that are not accepted one more succeeds");
  }

  @Override
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
  }

  /** Only Linux shows what is connecting; on other systems this returns at once. */
  @Override
  public void awaitStalled(int clients) throws IOException {
    long until = System.nanoTime() + Gauge.PATIENCE.toNanos();
    while (Files.exists(SOCKETS) && connecting() != clients) {
      if (System.nanoTime() > until) {
        throw new AssertionError("connecting: %d, not %d".formatted(connecting(), clients));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Rows are: number, local address, remote address and port, state; 02 is SYN-SENT. */
  private int connecting() throws IOException {
    String row = ".*:%04X 02 .*".formatted(server.getLocalPort());
    int found = 0;
    for (Path sockets : new Path[] {SOCKETS, Path.of(SOCKETS + "6")}) {
      for (String line : Files.readAllLines(sockets)) {
        found += line.matches(row) ? 1 : 0;
      }
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    server.close();
  }
}
