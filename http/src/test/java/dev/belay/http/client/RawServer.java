package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 on a bare socket. Besides what every test server does: {@code /cut} ends the connection
 * in the middle of the body, {@code /deaf} reads nothing of the request's body until {@link
 * #listen}, {@code /latin} answers in ISO-8859-1, {@code /moved} redirects to {@code /ok}.
 */
final class RawServer extends TestServer {
  private static final Pattern FIELD =
      Pattern.compile("^belay-timeout-ms: *(\\S+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);

  private final ServerSocket server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch listening = new CountDownLatch(1);

  RawServer() throws IOException {
    Thread.ofVirtual().name("accept").start(this::accept);
  }

  @Override
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort() + path);
  }

  @Override
  HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  /** Lets {@code /deaf} read its request's body. */
  void listen() {
    listening.countDown();
  }

  @Override
  public void close() throws IOException {
    server.close();
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
        Thread.ofVirtual().name("serve").start(() -> serve(socket));
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = socket.getInputStream();
      for (String head = head(in); head != null; head = head(in)) {
        String path = head.split(" ", 3)[1];
        requests.add(1);
        if (!answer(socket, path, head)) {
          break;
        }
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone, or the test is over.
    } finally {
      sockets.remove(socket);
      open.add(-1);
    }
  }

  private static @Nullable String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      if (c == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return head.toString();
      }
    }
    return null;
  }

  /** Answers; the result is whether the connection goes on. */
  private boolean answer(Socket socket, String path, String head)
      throws IOException, InterruptedException {
    OutputStream out = socket.getOutputStream();
    Matcher field = FIELD.matcher(head);
    switch (path) {
      case "/ok" -> whole(out, "ok".getBytes(ISO_8859_1), "");
      case "/field" ->
          whole(out, (field.find() ? field.group(1) : "none").getBytes(ISO_8859_1), "");
      case "/latin" ->
          whole(out, "ä".getBytes(ISO_8859_1), "Content-Type: text/plain; charset=latin1\r\n");
      case "/big" -> whole(out, new byte[BIG], "");
      case "/moved" ->
          text(out, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 0\r\n\r\n");
      case "/cut" -> {
        text(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + TEN);
        return false;
      }
      case "/deaf" -> {
        listening.await();
        return watch(socket);
      }
      default -> {
        busy.add(1);
        if (path.equals("/stall")) {
          text(out, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + TEN);
        } else if (path.equals("/trickle")) {
          text(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
          Thread.ofVirtual().name("trickle").start(() -> trickle(out));
        }
        try {
          return watch(socket);
        } finally {
          busy.add(-1);
        }
      }
    }
    return true;
  }

  private static void whole(OutputStream out, byte[] body, String fields) throws IOException {
    text(out, "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + body.length + "\r\n\r\n");
    out.write(body);
    out.flush();
  }

  private static void text(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  private static void trickle(OutputStream out) {
    var pause = new CountDownLatch(1);
    try {
      while (!pause.await(5, TimeUnit.MILLISECONDS)) {
        text(out, "a\r\n" + TEN + "\r\n");
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone.
    }
  }

  /** Reads until the client sends FIN or RST. */
  private boolean watch(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // RST
    }
    gone.add(1);
    return false;
  }
}
