package dev.belay.contracts.socket;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One HTTP/1.1 connection of a {@link FaultServer}. */
final class Http1Faults {
  private static final String ENDLESS = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
  private static final int PART = 64 * 1024;

  private final FaultServer server;
  private final InputStream in;
  private final OutputStream out;

  Http1Faults(FaultServer server, Socket socket) throws IOException {
    this.server = server;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  void serve() throws IOException, InterruptedException {
    for (String head = head(); head != null && answer(head); head = head()) {}
  }

  /** The header of the next request; null if none follows. */
  private @Nullable String head() throws IOException {
    var head = new StringBuilder();
    for (int c = in.read(); c >= 0; c = in.read()) {
      head.append((char) c);
      if (c == '\n' && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return head.toString();
      }
    }
    return null;
  }

  private static @Nullable String field(String head, String name) {
    Matcher field =
        Pattern.compile("^" + name + ": *(\\S+)", Pattern.CASE_INSENSITIVE | Pattern.MULTILINE)
            .matcher(head);
    return field.find() ? field.group(1) : null;
  }

  /** Answers; the result is whether the connection goes on. */
  private boolean answer(String head) throws IOException, InterruptedException {
    server.requests.add(1);
    String path = head.split(" ", 3)[1].split("\\?", 2)[0];
    if (path.equals("/deaf")) {
      return busy(server.listening::await);
    }
    String length = field(head, "Content-Length");
    in.skipNBytes(length == null ? 0 : Long.parseLong(length));
    Reply reply = Reply.to(path, field(head, "Belay-Timeout-Ms"));
    if (reply != null) {
      send(reply);
      return true;
    }
    return switch (path) {
      case "/big" -> {
        big();
        yield true;
      }
      case "/cut" -> {
        text(ENDLESS + FaultServer.TEN);
        yield false;
      }
      case "/stall" -> busy(() -> text(ENDLESS + FaultServer.TEN));
      case "/trickle" -> busy(() -> startTrickle("", FaultServer.TEN));
      case "/events" ->
          busy(() -> startTrickle("Content-Type: text/event-stream\r\n", FaultServer.EVENT));
      default -> busy(() -> {});
    };
  }

  private interface Beginning {
    void begin() throws IOException, InterruptedException;
  }

  /** Does what an endless exchange does, and reads until the client sends FIN or RST. */
  private boolean busy(Beginning beginning) throws InterruptedException {
    server.begins();
    try {
      beginning.begin();
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // RST, or TLS without a close_notify
    } finally {
      server.ends();
    }
    return false;
  }

  private void send(Reply reply) throws IOException {
    var head = new StringBuilder("HTTP/1.1 ").append(reply.status()).append(" Whatever\r\n");
    for (Iterator<String> each = reply.fields().iterator(); each.hasNext(); ) {
      head.append(each.next()).append(": ").append(each.next()).append("\r\n");
    }
    text(head + "Content-Length: " + reply.body().length() + "\r\n\r\n" + reply.body());
  }

  private void big() throws IOException {
    text("HTTP/1.1 200 OK\r\nContent-Length: " + FaultServer.BIG + "\r\n\r\n");
    for (int at = 0; at < FaultServer.BIG; at += PART) {
      out.write(FaultServer.bigPart(at, PART));
    }
    out.flush();
  }

  private void text(String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
    out.flush();
  }

  private void startTrickle(String fields, String part) throws IOException {
    text("HTTP/1.1 200 OK\r\n" + fields + "Transfer-Encoding: chunked\r\n\r\n");
    String chunk = Integer.toHexString(part.length()) + "\r\n" + part + "\r\n";
    Thread.ofVirtual().name("fault-server-trickle").start(() -> trickle(chunk));
  }

  private void trickle(String chunk) {
    var pause = new CountDownLatch(1);
    try {
      while (!pause.await(5, TimeUnit.MILLISECONDS)) {
        text(chunk);
      }
    } catch (IOException | InterruptedException e) {
      // The client is gone.
    }
  }
}
