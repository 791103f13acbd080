package dev.belay.contracts.socket;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLContext;

/**
 * A client that writes and reads HTTP/1.1 by hand, so that it can misbehave at will. It waits at
 * most a minute for the server. One thread uses it.
 */
public final class Http1Client implements HttpClientByHand {
  private final Connections connection;
  private final OutputStream out;
  private final InputStream in;

  private Http1Client(Connections connection) throws IOException {
    this.connection = connection;
    this.out = connection.socket().getOutputStream();
    this.in = new BufferedInputStream(connection.socket().getInputStream());
  }

  /** Connects to a port of this machine. */
  public static Http1Client plain(int port) throws IOException {
    return new Http1Client(Connections.plain(port));
  }

  /** Connects over TLS to a port of this machine, asking for HTTP/1.1 by ALPN. */
  public static Http1Client tls(int port, SSLContext trust) throws IOException {
    return new Http1Client(Connections.tls(port, trust, "http/1.1"));
  }

  // ---- what it sends

  @Override
  public Pending get(String path, String... fields) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + lines(fields) + "\r\n");
    return this::answer;
  }

  private static String lines(String... fields) {
    var lines = new StringBuilder();
    for (int i = 0; i < fields.length; i += 2) {
      lines.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    return lines.toString();
  }

  /** Sends a POST's header, which announces a body of {@code length} bytes. */
  public void postHeader(String path, int length) throws IOException {
    send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
  }

  /** Sends a POST with a body of {@code length} bytes. */
  public void post(String path, int length) throws IOException {
    postHeader(path, length);
    send("b".repeat(length));
  }

  /** Sends {@code text}, a byte for each character. */
  public void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends {@code bytes}. */
  public void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Closes in order: over TLS a {@code close_notify}, then a FIN. */
  @Override
  public void close() throws IOException {
    connection.close();
  }

  @Override
  public void cut() throws IOException {
    connection.cut();
  }

  @Override
  public void reset() throws IOException {
    connection.reset();
  }

  /** Ends its own sending, and goes on reading. */
  public void halfClose() throws IOException {
    connection.socket().shutdownOutput();
  }

  // ---- what it reads

  /** Reads the next response. */
  public Answer answer() throws IOException {
    String status = line();
    int length = -1;
    boolean chunked = false;
    for (String field = line(); !field.isEmpty(); field = line()) {
      String lower = field.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).trim());
      }
      chunked |= lower.startsWith("transfer-encoding:") && lower.contains("chunked");
    }
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), body(length, chunked));
  }

  /** Reads the status line and fields of a response whose body is still to come. */
  public void answerHeader() throws IOException {
    String line;
    do {
      line = line();
    } while (!line.isEmpty());
  }

  /**
   * Reads until the server closes the connection; a reset is as good.
   *
   * @throws AssertionError if it does not
   */
  public void awaitClosed() throws IOException {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server keeps the connection", e);
    } catch (SocketException e) {
      // closed by a reset
    }
  }

  private String body(int length, boolean chunked) throws IOException {
    if (chunked) {
      return chunks();
    }
    return length >= 0 ? bytes(length) : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private String chunks() throws IOException {
    var body = new StringBuilder();
    for (int length = HexFormat.fromHexDigits(line()); ; length = HexFormat.fromHexDigits(line())) {
      body.append(bytes(length));
      line();
      if (length == 0) {
        return body.toString();
      }
    }
  }

  private String bytes(int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("response cut off");
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("no response, but: " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
