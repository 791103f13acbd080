package dev.belay.contracts.socket;

import dev.belay.testkit.faults.Gauge;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A server that does what its clients fear, and knows what they do to it: that one has closed its
 * connection or reset its stream it learns from the socket, not from a library. The path says what
 * is done:
 *
 * <ul>
 *   <li>{@code /ok} answers "ok", {@code /field} the value of the request's {@code
 *       Belay-Timeout-Ms} or "none", {@code /big} the {@link #BIG} bytes of {@link #bigAt}, {@code
 *       /latin} "ä" in ISO-8859-1, {@code /moved} a redirection to {@code /ok}, {@code /aside} one
 *       that has a body, {@code /asked} one to {@code /field}, {@code /lost} one to {@code /hang},
 *       {@code /round} one to itself, {@code /astray} one to what is no address
 *   <li>{@code /cut} gives up in the middle of the body: it ends the connection or resets the
 *       stream
 *   <li>{@code /hang} answers nothing, {@code /stall} the headers and {@link #TEN} of a body that
 *       never ends, {@code /trickle} {@link #TEN} every few milliseconds for ever, {@code /events}
 *       the same as server-sent events; {@code /deaf} reads nothing of the request's body until
 *       {@link #listen}. These are busy until their client has gone.
 * </ul>
 *
 * <p>Whoever makes it closes it; that ends its connections and threads.
 */
public final class FaultServer implements AutoCloseable {
  /** The part of a body that {@code /stall} and {@code /trickle} send. */
  public static final String TEN = "0123456789";

  /** The length of the body of {@code /big}. */
  public static final int BIG = 32 << 20;

  /** Requests received. */
  public final Gauge requests = new Gauge("requests");

  /** Connections accepted. */
  public final Gauge connections = new Gauge("connections");

  /** Connections that are open. */
  public final Gauge open = new Gauge("open connections");

  /** Exchanges that only their client can end. */
  public final Gauge busy = new Gauge("busy exchanges");

  /** Such exchanges whose client has closed the connection or reset the stream. */
  public final Gauge gone = new Gauge("gone clients");

  final CountDownLatch listening = new CountDownLatch(1);

  private final ServerSocket server;
  private final boolean http2;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private FaultServer(ServerSocket server, boolean http2) throws IOException {
    this.server = server;
    this.http2 = http2;
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    Thread.ofVirtual().name("fault-server").start(this::accept);
  }

  /** Speaks HTTP/1.1 in the clear. */
  public static FaultServer http1() throws IOException {
    return new FaultServer(new ServerSocket(), false);
  }

  /** Speaks HTTP/1.1 over TLS. */
  public static FaultServer http1(Certificate certificate) throws IOException {
    return tls(certificate, false);
  }

  /** Speaks HTTP/2 over TLS; a client that does not ask for it by ALPN is turned away. */
  public static FaultServer http2(Certificate certificate) throws IOException {
    return tls(certificate, true);
  }

  private static FaultServer tls(Certificate certificate, boolean http2) throws IOException {
    var factory = certificate.server().getServerSocketFactory();
    var server = (SSLServerSocket) factory.createServerSocket();
    var parameters = server.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {http2 ? "h2" : "http/1.1"});
    server.setSSLParameters(parameters);
    return new FaultServer(server, http2);
  }

  /** The byte of {@code /big} at {@code index}. */
  public static byte bigAt(int index) {
    return (byte) (index ^ (index >>> 8) ^ (index >>> 16));
  }

  /** What {@code /events} sends again and again. */
  static final String EVENT = "data: " + TEN + "\n\n";

  static byte[] bigPart(int from, int length) {
    byte[] part = new byte[length];
    for (int i = 0; i < length; i++) {
      part[i] = bigAt(from + i);
    }
    return part;
  }

  /** Where {@code path} is. */
  public URI uri(String path) {
    String origin = server instanceof SSLServerSocket ? "https://localhost:" : "http://127.0.0.1:";
    return URI.create(origin + server.getLocalPort() + path);
  }

  /** Lets {@code /deaf} read its request's body. */
  public void listen() {
    listening.countDown();
  }

  @Override
  public void close() throws IOException {
    server.close();
    listen();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        sockets.add(socket);
        connections.add(1);
        open.add(1);
        Thread.ofVirtual().name("fault-server-connection").start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      if (socket instanceof SSLSocket tls) {
        tls.startHandshake();
      }
      if (http2) {
        new Http2Faults(this, socket).serve();
      } else {
        new Http1Faults(this, socket).serve();
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone, or the test is over.
    } finally {
      sockets.remove(socket);
      open.add(-1);
    }
  }

  /** An exchange begins that only its client can end. */
  void begins() {
    busy.add(1);
  }

  /** Its client has ended it. */
  void ends() {
    busy.add(-1);
    gone.add(1);
  }
}
