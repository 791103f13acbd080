package dev.belay.jetty;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import javax.net.ssl.SSLSocket;

/** A client that writes and reads HTTP/1.1 by hand, so that it can misbehave at will. */
final class Http1Client implements AutoCloseable {
  /** A response's status and body. */
  record Answer(int status, String body) {}

  private final Socket tcp;
  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;

  private Http1Client(Socket tcp, Socket socket) throws IOException {
    this.tcp = tcp;
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  static Http1Client plain(int port) throws IOException {
    Socket tcp = connect(port);
    return new Http1Client(tcp, tcp);
  }

  static Http1Client tls(int port) throws IOException, GeneralSecurityException {
    Socket tcp = connect(port);
    var factory = SelfSigned.trusting().getSocketFactory();
    var socket = (SSLSocket) factory.createSocket(tcp, "localhost", port, true);
    var parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return new Http1Client(tcp, socket);
  }

  private static Socket connect(int port) throws IOException {
    var tcp = new Socket(InetAddress.getLoopbackAddress(), port);
    tcp.setTcpNoDelay(true);
    tcp.setSoTimeout((int) Visit.PATIENCE.toMillis());
    return tcp;
  }

  // ---- what it sends

  void get(String path) throws IOException {
    send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }

  /** A POST whose body is only announced. */
  void postHeader(String path, int length) throws IOException {
    send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + length + "\r\n\r\n");
  }

  void post(String path, int length) throws IOException {
    postHeader(path, length);
    send("b".repeat(length));
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** Closes in order: over TLS a {@code close_notify}, then a FIN. */
  @Override
  public void close() throws IOException {
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

  /** Ends its own sending, and goes on reading. */
  void halfClose() throws IOException {
    socket.shutdownOutput();
  }

  // ---- what it reads

  Answer answer() throws IOException {
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
    String body = chunked ? chunks() : bytes(Math.max(0, length));
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), body);
  }

  /** The status line and fields of a response whose body is still to come. */
  void answerHeader() throws IOException {
    String line;
    do {
      line = line();
    } while (!line.isEmpty());
  }

  /** Reads until the server closes the connection; a reset is as good. */
  void awaitClosed() throws IOException {
    try {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server keeps the connection", e);
    } catch (SocketException e) {
      // closed by a reset
    }
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
