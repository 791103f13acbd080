package dev.belay.testkit.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Accepts nothing, and its queue of connections is full: one that is made hangs, as to a machine
 * that is not there. Systems differ in what they do then; Linux drops what comes. Whoever makes it
 * closes it.
 */
public final class FullServer implements AutoCloseable {
  private static final int MOST = 64;
  private static final int A_MOMENT = 200;

  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final Deque<Socket> queued = new ArrayDeque<>();

  /**
   * Fills its queue.
   *
   * @throws IOException also if this system's queue does not fill
   */
  public FullServer() throws IOException {
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
    throw new IOException("after " + MOST + " connections that nobody accepts one more succeeds");
  }

  /** Where it is. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/");
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : queued) {
      socket.close();
    }
    server.close();
  }
}
