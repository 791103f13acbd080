package dev.belay.jetty;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that keep coming and never become a request. */
class ConnectionLimitIT {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1);

  private final Certificate certificate = Certificate.forLocalhost();
  private JettyUnderTest jetty;

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    var settings = new ServerSettings(root, certificate, DAY, true, DAY, SHORT, false);
    var handler = JettyUnderTest.handler(settings, (ctx, exchange) -> {});
    jetty = JettyUnderTest.start(settings, handler);
  }

  @AfterEach
  void stop() throws Exception {
    jetty.stop();
  }

  private interface Drop {
    void send(OutputStream out) throws IOException;
  }

  /** Sends a drop every now and then until the server has closed the connection. */
  private static void drip(InputStream in, OutputStream out, Drop drop) throws Exception {
    var closed = new CountDownLatch(1);
    Thread dripping =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    while (!closed.await(10, TimeUnit.MILLISECONDS)) {
                      drop.send(out);
                      out.flush();
                    }
                  } catch (IOException | InterruptedException e) {
                    // The server has closed the connection.
                  }
                });
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // Closed by a reset.
    } finally {
      closed.countDown();
      dripping.join();
    }
  }

  private Socket connect(int port) throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), port);
  }

  @Test
  void aTlsHandshakeThatDripsIsClosed() throws Exception {
    try (Socket socket = connect(jetty.tlsPort())) {
      socket.getOutputStream().write(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3});
      drip(socket.getInputStream(), socket.getOutputStream(), out -> out.write(1));
    }
  }

  @Test
  void aTlsRecordThatDripsIsClosed() throws Exception {
    var wire = new Wire(connect(jetty.tlsPort()));
    try (SSLSocket tls =
        (SSLSocket)
            certificate
                .client()
                .getSocketFactory()
                .createSocket(wire, "localhost", jetty.tlsPort(), true)) {
      tls.startHandshake();
      wire.held = new ByteArrayOutputStream();
      tls.getOutputStream()
          .write(("GET / HTTP/1.1\r\nX: " + "x".repeat(7000)).getBytes(ISO_8859_1));
      byte[] sealed = wire.held.toByteArray();
      int[] at = {0};
      drip(
          wire.socket.getInputStream(),
          wire.socket.getOutputStream(),
          out -> out.write(sealed[at[0]++]));
      assertThat(at[0]).as("closed before the record was complete").isLessThan(sealed.length);
    }
  }

  @Test
  void anHttp2HeaderThatDripsIsClosed() throws Exception {
    try (Socket socket = connect(jetty.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(PREFACE);
      out.write(new byte[] {0, 16, 0, 1, 5, 0, 0, 0, 1}); // HEADERS of 4,096 bytes
      drip(socket.getInputStream(), out, o -> o.write(0x82));
    }
  }

  @Test
  void aContinuationThatDripsIsClosed() throws Exception {
    try (Socket socket = connect(jetty.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(PREFACE);
      out.write(new byte[] {0, 0, 1, 1, 1, 0, 0, 0, 1, (byte) 0x82}); // without END_HEADERS
      drip(socket.getInputStream(), out, o -> o.write(new byte[] {0, 0, 0, 9, 0, 0, 0, 0, 1}));
    }
  }

  @Test
  void pingsAloneKeepNoConnection() throws Exception {
    try (Socket socket = connect(jetty.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(PREFACE);
      byte[] ping = {0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8};
      drip(socket.getInputStream(), out, o -> o.write(ping));
    }
  }

  /** A socket whose output can be held back. */
  private static final class Wire extends Socket {
    final Socket socket;
    ByteArrayOutputStream held;

    Wire(Socket socket) {
      this.socket = socket;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(socket.getOutputStream()) {
        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          if (held == null) {
            out.write(bytes, offset, length);
          } else {
            held.write(bytes, offset, length);
          }
        }
      };
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public InetAddress getInetAddress() {
      return socket.getInetAddress();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
