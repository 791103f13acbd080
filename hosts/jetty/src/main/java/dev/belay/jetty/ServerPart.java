package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.lifecycle.Part;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.component.Graceful;

/**
 * A server as a part of a program: register it with {@link dev.belay.lifecycle.Lifecycle#own}.
 *
 * <ul>
 *   <li>When it is to take no more, it closes its listening sockets and sends a GOAWAY on HTTP/2.
 *       Connections without a request are closed when Jetty's {@code shutdownIdleTimeout} is over,
 *       a second. A request that comes all the same gets a 503; over HTTP/1.1 every response says
 *       {@code Connection: close}.
 *   <li>It drains until the response of every request of a {@link ContextHandler} is complete: the
 *       last part of it goes out when the endpoint has returned.
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
   * A part that stops {@code server} when it is closed.
   *
   * @param server started by the caller
   */
  public ServerPart(Server server) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server to stop");
  }

  @Override
  public void stopTaking() {
    Collection<Exchanges> handlers = server.getContainedBeans(Exchanges.class);
    var all = new ArrayList<CompletableFuture<Void>>();
    for (Exchanges handler : handlers) {
      all.add(handler.shutdown());
    }
    answered = all;
    for (Connector connector : server.getConnectors()) {
      for (Graceful sessions : connector.getContainedBeans(Graceful.class)) {
        var unused =
            sessions
                .shutdown(); // its future waits for the clients to close, which they need not do
      }
      var unused = connector.shutdown();
      if (connector instanceof NetworkConnector listening) {
        listening.close();
      }
    }
    handlers.forEach(Exchanges::keepConnections);
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
  }
}
