package dev.belay.testkit.faults;

import java.io.IOException;
import java.net.URI;

/**
 * An HTTP/1.1 server on this machine that goes on up to one phase of each exchange and stalls
 * there: it sends no more and keeps the connection. The test that opens it closes it, which ends
 * its connections and threads. Any thread may call any method.
 */
public sealed interface StalledServer extends AutoCloseable permits FullQueue, StalledExchanges {

  /**
   * Stalls before a connection is established, as a machine does that is not there.
   *
   * @throws IOException also where the system has no such state; Linux has
   */
  static StalledServer atConnect() throws IOException {
    return new FullQueue();
  }

  /** Stalls in the TLS handshake: it has the client's first bytes, and does not answer. */
  static StalledServer atTls() throws IOException {
    return new StalledExchanges("https", StalledExchanges.TLS);
  }

  /** Has the request, and sends no status and no headers. */
  static StalledServer atHeaders() throws IOException {
    return new StalledExchanges("http", "");
  }

  /**
   * Sends the headers and the first bytes of the body, which is longer.
   *
   * @param bytes so many bytes of the body, each an {@code x}
   * @throws IllegalArgumentException if it is negative
   */
  static StalledServer atBody(int bytes) throws IOException {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes is " + bytes + ": a body has none or more");
    }
    return new StalledExchanges(
        "http",
        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(bytes + 1L, "x".repeat(bytes)));
  }

  /** Sends a whole body, {@code body}, and not the trailers that it has announced. */
  static StalledServer atTrailers() throws IOException {
    return new StalledExchanges(
        "http",
        "HTTP/1.1 200 OK\r\nTrailer: Digest\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n");
  }

  /** Where it is; any path is answered so. */
  URI uri();

  /**
   * Waits until so many clients are stalled. With 0 it waits until each has left: closed or reset
   * its connection.
   *
   * @throws AssertionError if there are more or fewer after a minute
   */
  void awaitStalled(int clients) throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
