package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.lifecycle.Part;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;

/**
 * A server as a part of a program: register it with {@link dev.belay.lifecycle.Lifecycle#own}. When
 * it is to take no more, it closes its listening sockets and sends a GOAWAY on HTTP/2; requests
 * that it has go on, and are answered. A request that comes on a connection of HTTP/1.1 all the
 * same is for the endpoint to refuse, as {@link dev.belay.lifecycle.InFlight} does.
 */
public final class ServerPart implements Part {
  private final Server server;

  /** Of the shutdown, which calls one method after the other. */
  private final List<Future<Void>> streams = new CopyOnWriteArrayList<>();

  /**
   * A part that stops {@code server} when it is closed.
   *
   * @param server started by the caller
   */
  public ServerPart(Server server) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server to stop");
  }

  @Override
  public void stopTaking() {
    for (Connector connector : server.getConnectors()) {
      if (connector instanceof NetworkConnector listening) {
        listening.close();
      }
      for (EndPoint endPoint : connector.getConnectedEndPoints()) {
        streams.add(Http2Stream.goAway(innermost(endPoint)));
      }
    }
  }

  /** Waits for the streams of HTTP/2: an answer may go out when its endpoint has returned. */
  @Override
  public void drain(Context grace) throws ExecutionException, InterruptedException {
    for (Future<Void> ended : streams) {
      grace.await(ended);
    }
  }

  /** What speaks HTTP on it: inside TLS, where there is any. */
  private static Connection innermost(EndPoint endPoint) {
    Connection connection = endPoint.getConnection();
    return connection instanceof SslConnection tls
        ? tls.getSslEndPoint().getConnection()
        : connection;
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
