package dev.belay.bench.server;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.bench.Child;
import dev.belay.http.server.RequestContexts;
import dev.belay.jetty.ContextHandler;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A process with a Jetty that answers two bytes, with contexts or without any of Belay. */
public final class Answering {
  private static final byte[] ANSWER = "ok".getBytes(StandardCharsets.US_ASCII);

  private Answering() {}

  /**
   * Serves until its standard input ends.
   *
   * @param args {@code true} for contexts
   */
  public static void main(String[] args) throws Exception {
    boolean contexts = Boolean.parseBoolean(args[0]);
    try (CancellableContext root = Context.root("answering")) {
      var connector = JettyHost.answering(contexts, contexts ? handler(root) : new Bare());
      Child.serve(connector.getLocalPort(), () -> {});
      connector.getServer().stop();
    }
  }

  private static Handler handler(Context root) {
    return new ContextHandler(
        root,
        new RequestContexts(Duration.ofSeconds(10)),
        (ctx, request, response) -> Content.Sink.write(response, true, ByteBuffer.wrap(ANSWER)));
  }

  /** The same by Jetty alone. */
  private static final class Bare extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      Content.Sink.write(response, true, ByteBuffer.wrap(ANSWER));
      callback.succeeded();
      return true;
    }
  }
}
