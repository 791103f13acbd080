package dev.belay.tomcat;

import dev.belay.Context;
import dev.belay.lifecycle.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.catalina.Server;
import org.apache.catalina.Service;
import org.apache.catalina.connector.Connector;

/**
 * A Tomcat as a part of a program: register it with {@link dev.belay.lifecycle.Lifecycle#own}.
 *
 * <ul>
 *   <li>When it is to take no more, its connectors pause: no connection is accepted, a GOAWAY is
 *       sent on HTTP/2, and over HTTP/1.1 a connection is closed behind its next response. With the
 *       connector's {@code bindOnInit="false"} the listening socket is closed as well.
 *   <li>It drains until the response of every request of a {@link ContextNioProtocol} is complete.
 *   <li>It closes when the answers to what was cancelled have gone out, at the latest after half a
 *       second.
 * </ul>
 */
@SuppressWarnings("try") // as Part
public final class ServerPart implements Part {
  private static final long LAST_ANSWERS = 500;

  private final Server server;

  /** Empty unless the shutdown has begun. */
  private volatile List<CompletableFuture<Void>> answered = List.of();

  /**
   * A part that stops and destroys {@code server} when it is closed.
   *
   * @param server started by the caller; of an embedded Tomcat, {@code tomcat.getServer()}
   * @throws IllegalArgumentException if it has a connector of another protocol, such as NIO2: its
   *     requests could not be waited for, nor their clients watched
   */
  public ServerPart(Server server) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server to stop");
    for (Service service : server.findServices()) {
      for (Connector connector : service.findConnectors()) {
        requireWatched(connector);
      }
    }
  }

  private static void requireWatched(Connector connector) {
    if (!(connector.getProtocolHandler() instanceof ContextNioProtocol)) {
      throw new IllegalArgumentException(
          "%s of %s cannot be watched: use %s"
              .formatted(
                  connector.getProtocolHandlerClassName(),
                  connector,
                  ContextNioProtocol.class.getName()));
    }
  }

  @Override
  public void stopTaking() {
    var all = new ArrayList<CompletableFuture<Void>>();
    for (Service service : server.findServices()) {
      for (Connector connector : service.findConnectors()) {
        connector.pause();
        connector.getProtocolHandler().closeServerSocketGraceful();
        if (connector.getProtocolHandler().getAdapter() instanceof Exchanges exchanges) {
          all.add(exchanges.shutdown());
        }
      }
    }
    answered = all;
  }

  @Override
  public void drain(Context grace) throws ExecutionException, InterruptedException {
    for (CompletableFuture<Void> each : answered) {
      grace.await(each);
    }
  }

  @Override
  public void close() throws Exception {
    try {
      CompletableFuture.allOf(answered.toArray(CompletableFuture[]::new))
          .get(LAST_ANSWERS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // A client that does not take its answer is not waited for.
    }
    server.stop();
    server.destroy();
  }
}
