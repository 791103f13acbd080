package dev.belay.bench.overload;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** One request over a connection of its own. */
final class Client {
  private static final int STATUS_AT = "HTTP/1.1 ".length();

  private Client() {}

  /**
   * Asks, and leaves at {@code until}.
   *
   * @return the status of a complete answer, {@link Attempt#LEFT} or {@link Attempt#BROKEN}
   */
  static int get(int port, String target, long until) {
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), left(until));
      socket
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: service\r\nConnection: close\r\n\r\n"
                  .formatted(target)
                  .getBytes(StandardCharsets.US_ASCII));
      return status(answer(socket, until));
    } catch (SocketTimeoutException e) {
      return Attempt.LEFT;
    } catch (IOException e) {
      return Attempt.BROKEN;
    }
  }

  private static String answer(Socket socket, long until) throws IOException {
    InputStream in = socket.getInputStream();
    var buffer = new byte[4096];
    int length = 0;
    int read = 0;
    while (read >= 0 && length < buffer.length) {
      length += read;
      socket.setSoTimeout(left(until));
      read = in.read(buffer, length, buffer.length - length);
    }
    return new String(buffer, 0, length, StandardCharsets.ISO_8859_1);
  }

  /** An answer of 200 counts if it is whole. */
  private static int status(String answer) {
    if (answer.length() < STATUS_AT + 3) {
      return Attempt.BROKEN;
    }
    int status = Integer.parseInt(answer.substring(STATUS_AT, STATUS_AT + 3));
    return status == 200 && !answer.endsWith(Work.END) ? Attempt.BROKEN : status;
  }

  private static int left(long until) throws SocketTimeoutException {
    int millis = (int) Math.ceilDiv(until - Clock.micros(), 1000L);
    if (millis <= 0) {
      throw new SocketTimeoutException("patience is over");
    }
    return millis;
  }
}
