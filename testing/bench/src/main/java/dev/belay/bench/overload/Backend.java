package dev.belay.bench.overload;

import dev.belay.bench.Child;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The service that is called between the two queries. It answers after the time that it is asked
 * for, and logs a line for each call: the id, when it began and ended, and whether the caller was
 * still there.
 */
public final class Backend {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

  private final BufferedWriter log;

  private Backend(BufferedWriter log) {
    this.log = log;
  }

  /**
   * Listens until its standard input ends; a line there has the log written to its file.
   *
   * @param args the file of the log
   */
  public static void main(String[] args) throws Exception {
    try (var log = Files.newBufferedWriter(Path.of(args[0]));
        var server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
      var backend = new Backend(log);
      Thread.ofPlatform().daemon().start(() -> backend.accept(server));
      Child.serve(server.getLocalPort(), backend::flush);
    }
  }

  private synchronized void flush() throws IOException {
    log.flush();
  }

  private synchronized void note(String line) throws IOException {
    log.write(line);
    log.newLine();
  }

  private void accept(ServerSocket server) {
    try {
      while (true) {
        Socket caller = server.accept();
        Thread.ofVirtual().start(() -> serve(caller));
      }
    } catch (IOException e) {
      // the server was closed
    }
  }

  private void serve(Socket caller) {
    try (caller) {
      caller.setTcpNoDelay(true);
      while (answer(caller)) {}
    } catch (IOException e) {
      // the caller has left
    }
  }

  /** Answers one call; false if there is none, or its caller has left. */
  private boolean answer(Socket caller) throws IOException {
    caller.setSoTimeout(0);
    String head = head(caller.getInputStream());
    if (head.isEmpty()) {
      return false;
    }
    long begun = Clock.micros();
    caller.setSoTimeout((int) number(head, "call="));
    boolean there = false;
    try {
      caller.getInputStream().read(); // only the end can come now
    } catch (SocketTimeoutException e) {
      there = true;
    } catch (IOException e) {
      // has left by a reset
    }
    note("%d %d %d %b".formatted(number(head, "id="), begun, Clock.micros(), there));
    if (there) {
      caller.getOutputStream().write(ANSWER);
    }
    return there;
  }

  private static String head(InputStream in) throws IOException {
    var text = new StringBuilder();
    var buffer = new byte[4096];
    while (text.indexOf("\r\n\r\n") < 0) {
      int read = in.read(buffer);
      if (read < 0) {
        return "";
      }
      text.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
    }
    return text.toString();
  }

  private static long number(String head, String name) {
    int from = head.indexOf(name) + name.length();
    int to = from;
    while (Character.isDigit(head.charAt(to))) {
      to++;
    }
    return Long.parseLong(head.substring(from, to));
  }
}
