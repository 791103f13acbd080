package dev.belay.http.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;

/**
 * A server that knows what its clients do to it. {@code /ok} answers "ok", {@code /hang} nothing,
 * {@code /stall} headers and ten bytes of a body of a million, {@code /trickle} ten bytes every few
 * milliseconds for ever, {@code /big} the bytes of {@link #BIG}, {@code /field} the value of the
 * request's {@code Belay-Timeout-Ms} or "none".
 */
abstract class TestServer implements AutoCloseable {
  static final String TEN = "0123456789";
  static final int BIG = 32 << 20;

  /** Requests received. */
  final Gauge requests = new Gauge("requests");

  /** Connections accepted. */
  final Gauge connections = new Gauge("connections");

  /** Connections that are open. */
  final Gauge open = new Gauge("open connections");

  /** Exchanges that only their client can end. */
  final Gauge busy = new Gauge("busy exchanges");

  /** Exchanges whose client has closed the connection or reset the stream. */
  final Gauge gone = new Gauge("gone clients");

  abstract URI uri(String path);

  /** A client for this server; its user closes it. */
  abstract HttpClient client();

  @Override
  public abstract void close() throws IOException;

  static boolean waitsForItsClient(String path) {
    return path.equals("/hang") || path.equals("/stall") || path.equals("/trickle");
  }
}
