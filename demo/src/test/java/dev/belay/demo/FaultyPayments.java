package dev.belay.demo;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Stands between the shop and its payment service: passes everything on, or takes the place of the
 * answer. The real service has got the request all the same, and has made the charge.
 */
final class FaultyPayments implements AutoCloseable {
  /** In the place of an answer: it never comes, and the connection stays open. */
  static final String SILENCE = "";

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
  private final Thread acceptor;
  private volatile URI real;
  private volatile String answer;
  private final AtomicBoolean hangUp = new AtomicBoolean();

  FaultyPayments() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = Thread.ofVirtual().name("faulty-payments").start(this::accept);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** The service that gets the requests. */
  void passOnTo(URI address) {
    real = address;
  }

  /** From now on every request gets this; null for what the service answers. Ends a silence. */
  void answerWith(String raw) throws IOException {
    answer = raw;
    for (Socket client : silent) {
      client.close();
    }
  }

  /** The next request costs its connection and comes to nobody. */
  void hangUpOnce() {
    hangUp.set(true);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        open.add(client);
        Thread.ofVirtual().name("faulty-payment").start(() -> serve(client));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var service = new Socket(real.getHost(), real.getPort())) {
      open.add(service);
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      while (passOn(
          in, hangUp.get() ? OutputStream.nullOutputStream() : service.getOutputStream())) {
        if (hangUp.getAndSet(false)) {
          return;
        }
        String faulty = answer;
        if (faulty == null) {
          passOn(service.getInputStream(), out);
          continue;
        }
        passOn(service.getInputStream(), OutputStream.nullOutputStream());
        if (faulty.equals(SILENCE)) {
          silent.add(client);
          if (SILENCE.equals(answer)) {
            int unused = in.read();
          }
        } else {
          out.write(faulty.getBytes(ISO_8859_1));
        }
        return;
      }
    } catch (IOException e) {
      // The one or the other side has closed: the connection is over.
    }
  }

  /** Passes one message on, header and body; false at the end of input. */
  private static boolean passOn(InputStream in, OutputStream out) throws IOException {
    var header = new StringBuilder();
    while (header.length() < 4 || !header.substring(header.length() - 4).equals("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      header.append((char) next);
    }
    String length = header.toString().toLowerCase(java.util.Locale.ROOT);
    int at = length.indexOf("content-length: ");
    int bytes =
        at < 0 ? 0 : Integer.parseInt(length.substring(at + 16, length.indexOf('\r', at)).strip());
    out.write(header.toString().getBytes(ISO_8859_1));
    out.write(in.readNBytes(bytes));
    out.flush();
    return true;
  }

  @Override
  public void close() throws Exception {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
    acceptor.join();
  }
}
