package dev.belay.jetty;

import dev.belay.http.server.HeaderTimeoutException;
import dev.belay.spi.HelperThread;
import java.time.Duration;
import java.util.EventListener;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections on which bytes keep coming that never become a request: a TLS handshake, a TLS
 * record, or an HTTP/2 header of a byte a second; HTTP/2 frames such as PING without any stream. A
 * connection that is silent has Jetty's idle time-out, a header of HTTP/1 that of {@link
 * ContextHttpConnectionFactory}.
 *
 * <p>It looks at each connection twice within the limit, so one is closed after the limit, and
 * before one and a half of it.
 */
final class ConnectionLimit implements Connection.Listener {
  private final Scheduler scheduler;
  private final Duration limit;
  private final Map<Connection, Look> looks = new ConcurrentHashMap<>();

  private ConnectionLimit(Scheduler scheduler, Duration limit) {
    this.scheduler = scheduler;
    this.limit = limit;
  }

  /** Limits the connections of all connectors, where there is a server. */
  static void addTo(@Nullable Server server) {
    if (server != null) {
      for (Connector connector : server.getConnectors()) {
        addTo(connector);
      }
    }
  }

  /**
   * Limits the connections that {@code connector} opens from now on, unless they are limited, by
   * its limit for headers.
   */
  static void addTo(Connector connector) {
    for (EventListener listener : connector.getEventListeners()) {
      if (listener instanceof ConnectionLimit) {
        return;
      }
    }
    var http1 = connector.getConnectionFactory(ContextHttpConnectionFactory.class);
    Duration limit =
        http1 == null ? ContextHttpConnectionFactory.HEADER_TIMEOUT : http1.headerTimeout();
    connector.addEventListener(new ConnectionLimit(connector.getScheduler(), limit));
  }

  @Override
  public void onOpened(Connection connection) {
    Progress progress = progress(connection);
    if (progress != null) {
      var look = new Look(connection, progress);
      looks.put(connection, look);
      look.again();
    }
  }

  @Override
  public void onClosed(Connection connection) {
    Look look = looks.remove(connection);
    if (look != null) {
      look.stop();
    }
  }

  private static @Nullable Progress progress(Connection connection) {
    if (connection instanceof SslConnection tls) {
      return new TlsProgress(tls);
    }
    // Jetty's HTTP/2 may be missing: its classes are loaded only for a connection of it.
    return connection.getClass().getName().contains("HTTP2") ? Http2.of(connection) : null;
  }

  /** What a connection has come to. */
  interface Progress {
    /** Whether something is under way that has limits of its own. */
    boolean isBusy();

    /** Changes when something has come that counts. */
    long done();

    /** Changes when anything has come. */
    long bytes();

    /** Closes the connection. */
    void close(HeaderTimeoutException why);
  }

  /** Counts the looks between which bytes came and nothing that counts. */
  static final class Stall {
    private long bytes;
    private long done;
    private int looks;

    /** Whether it was so twice in a row. */
    boolean isSeen(Progress now) {
      boolean stalled = !now.isBusy() && now.done() == done && now.bytes() != bytes;
      looks = stalled ? looks + 1 : 0;
      done = now.done();
      bytes = now.bytes();
      return looks >= 2;
    }
  }

  private final class Look implements Runnable {
    private final Connection connection;
    private final Progress progress;
    private final Stall stall = new Stall(); // of the timer's thread; each look sets the next timer
    private volatile Scheduler.@Nullable Task timer;
    private volatile boolean stopped;

    Look(Connection connection, Progress progress) {
      this.connection = connection;
      this.progress = progress;
    }

    void again() {
      timer = scheduler.schedule(this, limit.toNanos() / 2, TimeUnit.NANOSECONDS);
      if (stopped) {
        stop(); // meanwhile
      }
    }

    void stop() {
      stopped = true;
      Scheduler.Task set = timer;
      if (set != null) {
        set.cancel();
      }
    }

    @Override
    public void run() {
      if (stall.isSeen(progress)) {
        looks.remove(connection);
        var why = new HeaderTimeoutException("no request was complete after " + limit);
        HelperThread.unstarted("belay-limit", () -> progress.close(why)).start();
      } else if (!stopped) {
        again();
      }
    }
  }

  /** What counts in TLS is what can be decrypted. */
  private record TlsProgress(SslConnection tls) implements Progress {
    @Override
    public boolean isBusy() {
      return false;
    }

    @Override
    public long done() {
      Connection inner = tls.getSslEndPoint().getConnection();
      return inner == null ? 0 : inner.getBytesIn();
    }

    @Override
    public long bytes() {
      return tls.getBytesIn();
    }

    @Override
    public void close(HeaderTimeoutException why) {
      tls.getEndPoint().close(why);
    }
  }

  private static final class Http2 {
    static @Nullable Progress of(Connection connection) {
      return connection instanceof HTTP2Connection http2 ? new Http2Progress(http2) : null;
    }
  }

  /** What counts in HTTP/2 is a stream: its header is complete. */
  private record Http2Progress(HTTP2Connection http2) implements Progress {
    private HTTP2Session session() {
      return Objects.requireNonNull(http2.getSession(), "a connection has a session");
    }

    @Override
    public boolean isBusy() {
      return !session().getStreams().isEmpty();
    }

    @Override
    public long done() {
      return session().getStreamsOpened();
    }

    @Override
    public long bytes() {
      return http2.getBytesIn();
    }

    /** With a GOAWAY, after which a client may send again what the server has not taken. */
    @Override
    public void close(HeaderTimeoutException why) {
      EndPoint endPoint = http2.getEndPoint();
      session().close(0, "no_request", Callback.from(() -> endPoint.close(why)));
    }
  }
}
