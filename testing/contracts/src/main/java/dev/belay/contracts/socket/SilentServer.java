package dev.belay.contracts.socket;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/**
 * Accepts one connection, reads, and never says a word: a TLS handshake that stalls. Whoever makes
 * it closes it.
 */
public final class SilentServer implements AutoCloseable {
  /** One when a client has sent something. */
  public final Gauge greeted = new Gauge("greetings");

  /** Zero when the connection has ended. */
  public final Gauge open = new Gauge("open connections");

  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

  /** Listens on a port of this machine. */
  public SilentServer() throws IOException {
    open.add(1);
    Thread.ofVirtual().name("silent-server").start(this::listen);
  }

  /** Where it is. */
  public URI uri() {
    return URI.create("https://127.0.0.1:" + server.getLocalPort() + "/");
  }

  private void listen() {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      if (in.read() >= 0) {
        greeted.add(1);
      }
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // RST
    } finally {
      open.add(-1);
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
