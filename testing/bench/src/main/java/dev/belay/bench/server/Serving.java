package dev.belay.bench.server;

import dev.belay.Context;
import dev.belay.http.server.RequestContexts;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ServerPart;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.Program;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/**
 * A process with a server that SIGTERM ends: it says at which port it listens. Its requests read a
 * body, write a long response, or work for as long as they may.
 */
public final class Serving {
  /** How long what is in flight may go on. */
  static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final byte[] LONG = new byte[8 << 20];

  private Serving() {}

  /** Serves until it gets a signal. */
  public static void main(String[] args) throws Exception {
    System.exit(Program.run(Duration.ofMinutes(2), Serving::serve));
  }

  private static int serve(Context signal) throws Exception {
    var life = Lifecycle.open(Context.root("serving"), GRACE, PATIENCE);
    var handler =
        new ContextHandler(
            life.context(),
            new RequestContexts(Duration.ofMinutes(10)),
            (ctx, request, response) -> life.work().run(ctx, c -> work(c, request, response)));
    var connector = JettyHost.answering(true, handler);
    life.own("server", new ServerPart(connector.getServer()));
    life.markReady();
    System.out.println(connector.getLocalPort());
    signal.awaitDone();
    var report = life.shutdown();
    System.out.println(report);
    return report.exitCode();
  }

  private static void work(Context ctx, Request request, Response response) throws Exception {
    switch (request.getHttpURI().getPath()) {
      case "/body" -> Content.Source.asByteBuffer(request);
      case "/long" -> Content.Sink.write(response, true, ByteBuffer.wrap(LONG));
      default -> ctx.awaitDone();
    }
  }
}
