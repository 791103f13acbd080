package dev.belay.contracts.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client's connection to this machine: TCP, and what is above it. */
record Connections(Socket tcp, Socket socket) {
  /** Long enough for a busy machine. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  static Connections plain(int port) throws IOException {
    Socket tcp = connect(port);
    return new Connections(tcp, tcp);
  }

  /** With TLS above, in which {@code protocol} is offered by ALPN. */
  static Connections tls(int port, SSLContext trust, String protocol) throws IOException {
    Socket tcp = connect(port);
    try {
      var factory = trust.getSocketFactory();
      var socket = (SSLSocket) factory.createSocket(tcp, "localhost", port, true);
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      String chosen = socket.getApplicationProtocol();
      if (!chosen.isEmpty() && !chosen.equals(protocol)) { // empty: it knows nothing of ALPN
        throw new IOException("the server chose \"%s\", not %s".formatted(chosen, protocol));
      }
      return new Connections(tcp, socket);
    } catch (IOException e) {
      tcp.close();
      throw e;
    }
  }

  private static Socket connect(int port) throws IOException {
    var tcp = new Socket(InetAddress.getLoopbackAddress(), port);
    tcp.setTcpNoDelay(true);
    tcp.setSoTimeout((int) PATIENCE.toMillis());
    return tcp;
  }

  /** In order: over TLS a {@code close_notify}, then a FIN. */
  void close() throws IOException {
    if (!tcp.isClosed()) {
      tcp.setSoTimeout(1); // the JDK's TLS would wait that long for the server's close_notify
    }
    socket.close();
  }

  /** A FIN without regard to TLS. */
  void cut() throws IOException {
    tcp.close();
  }

  /** A RST. */
  void reset() throws IOException {
    tcp.setSoLinger(true, 0);
    tcp.close();
  }
}
