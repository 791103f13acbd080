package dev.belay.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** Accepts one connection, reads, and never says a word: a TLS handshake that stalls. */
final class SilentServer implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  final Gauge greeted = new Gauge("greetings");
  final Gauge open = new Gauge("open connections");

  SilentServer() throws IOException {
    open.add(1);
    Thread.ofVirtual().name("silent").start(this::listen);
  }

  URI uri() {
    return URI.create("https://127.0.0.1:" + server.getLocalPort() + "/");
  }

  private void listen() {
    try (Socket socket = server.accept()) {
      InputStream in = socket.getInputStream();
      in.read();
      greeted.add(1);
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
