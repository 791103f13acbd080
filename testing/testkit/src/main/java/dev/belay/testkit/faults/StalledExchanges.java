package dev.belay.testkit.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;

/** Accepts connections, answers the first request on each in part, and waits for its client. */
final class StalledExchanges implements StalledServer {
  /** In place of an answer: not even a request can come. */
  static final String TLS = "TLS";

  private final Gauge stalled = new Gauge("stalled clients");
  private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Connections connections = new Connections("stalled-server");
  private final String scheme;
  private final String answer;

  StalledExchanges(String scheme, String answer) throws IOException {
    this.scheme = scheme;
    this.answer = answer;
    connections.start(this::accept);
  }

  @Override
  public URI uri() {
    return URI.create(scheme + "://127.0.0.1:" + server.getLocalPort() + "/");
  }

  @Override
  public void awaitStalled(int clients) throws InterruptedException {
    stalled.await(clients);
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = connections.opened(server.accept());
      connections.start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    try (client) {
      InputStream in = client.getInputStream();
      if (answer.equals(TLS) ? in.read() >= 0 : readsHead(in)) {
        if (!answer.equals(TLS)) {
          client.getOutputStream().write(answer.getBytes(ISO_8859_1));
        }
        stalled.add(1);
        try {
          in.transferTo(OutputStream.nullOutputStream()); // what remains of the request, then FIN
        } finally {
          stalled.add(-1);
        }
      }
    }
  }

  /** Whether a whole header came. */
  private static boolean readsHead(InputStream in) throws IOException {
    int ends = 0;
    for (int c = in.read(); c >= 0; c = in.read()) {
      ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
      if (ends == 2) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    server.close();
    connections.close();
  }
}
