package dev.belay.jetty;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.wire.Trace;
import dev.belay.spi.ForwardingTimeSource;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A server in a process of its own, whose clock is wrong by as many hours as its argument says. It
 * prints its port, and how a context ended that had to wait; it ends with its input.
 */
final class SkewedServer {
  static final Duration LIMIT = Duration.ofSeconds(10);

  private static final CountDownLatch OVER = new CountDownLatch(1);

  private SkewedServer() {}

  public static void main(String[] args) throws Exception {
    var server = new Server();
    var connector =
        new ServerConnector(server, new ContextHttpConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    var time = new Skewed(TimeSource.system(), Duration.ofHours(Long.parseLong(args[0])));
    try (CancellableContext root = Roots.open("server", time, false)) {
      server.setHandler(new ContextHandler(root, new RequestContexts(LIMIT), SkewedServer::handle));
      server.start();
      System.out.println(connector.getLocalPort());
      System.in.transferTo(System.out);
      OVER.countDown();
    }
    server.stop();
  }

  private static void handle(Context ctx, Request request, Response response) throws Exception {
    if (request.getHttpURI().getPath().equals("/wait")) {
      ctx.awaitDone();
      System.out.println(ctx.status());
      OVER.await(); // an answer could be there before a busy client sees that its own time is up
      return;
    }
    Trace trace = ctx.require(Trace.KEY);
    String said =
        "%d %s %s %s"
            .formatted(
                ctx.remainingNanos() / 1_000_000, ctx.deadline(), trace, trace.state().members());
    Content.Sink.write(response, true, StandardCharsets.UTF_8.encode(said));
  }

  private static final class Skewed extends ForwardingTimeSource {
    private final Duration skew;

    Skewed(TimeSource time, Duration skew) {
      super(time);
      this.skew = skew;
    }

    @Override
    public Instant instant() {
      return super.instant().plus(skew);
    }
  }
}
