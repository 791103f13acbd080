package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.http.server.ClientGoneException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client that is gone before its request comes to the {@link ContextHandler}. */
class EarlyEndIT {
  private static final long PATIENCE = 60;

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch proceed = new CountDownLatch(1);
  private final CompletableFuture<Void> handled = new CompletableFuture<>();
  private final AtomicReference<Context> begun = new AtomicReference<>();
  private JettyUnderTest jetty;
  private Http2Client client;

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    Duration day = Duration.ofDays(1);
    var settings = new ServerSettings(root, Certificate.forLocalhost(), day, true, day, day, false);
    var handler =
        JettyUnderTest.handler(
            settings,
            (ctx, exchange) -> {
              begun.set(ctx);
              ctx.awaitDone(Duration.ofSeconds(PATIENCE));
            });
    jetty = JettyUnderTest.start(settings, new HeldUp(handler));
    client = Http2Client.plain(jetty.port());
  }

  @AfterEach
  void stop() throws Exception {
    client.close();
    jetty.stop();
  }

  /** A handler that takes its time before ours. */
  private final class HeldUp extends Handler.Wrapper {
    HeldUp(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      arrived.countDown();
      assertThat(proceed.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
      boolean taken = super.handle(request, response, callback);
      handled.complete(null);
      return taken;
    }
  }

  @Test
  void aStreamThatWasResetBeforeItIsHandledEndsItsContext() throws Exception {
    var stream = client.get("/");
    assertThat(arrived.await(PATIENCE, TimeUnit.SECONDS)).isTrue();
    stream.reset();
    client.ping();
    proceed.countDown();
    handled.get(2 * PATIENCE, TimeUnit.SECONDS);
    Context ctx = begun.get(); // null if the context had ended before the endpoint was called
    assertThat(ctx == null || ctx.cause() instanceof ClientGoneException).as("%s", ctx).isTrue();
  }
}
