package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.PartContract;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.Part;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.spi.Roots;
import dev.belay.spi.TimeSource;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** A server that is shut down with requests in flight. */
class ServerPartIT extends PartContract {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CountDownLatch begun = new CountDownLatch(1);

  /** Of the server, which has none once it accepts no more. */
  private int port;

  private final CountDownLatch leave = new CountDownLatch(1);

  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    ServerUnderTest started = JettyUnderTest.start(settings, script);
    port = started.port();
    return started;
  }

  @Override
  protected Part part(ServerUnderTest server) {
    return ((JettyUnderTest) server).part();
  }

  /** The socket is closed by the thread that accepts, once it has woken. */
  @Override
  protected boolean isAccepting(ServerUnderTest server) {
    try (Http1Client accepted = Http1Client.plain(port)) {
      accepted.cut();
      return true;
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Lifecycle life() {
    CancellableContext root = Roots.open("server", TimeSource.system(), false);
    return Lifecycle.open(root, MINUTE, MINUTE);
  }

  private static ServerSettings settings(Lifecycle life) {
    return new ServerSettings(
        life.context(), Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
  }

  private static CompletableFuture<ShutdownReport> shutDown(Lifecycle life) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return life.shutdown();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(MINUTE.toSeconds(), TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anIdleConnectionIsClosedWhileAnotherIsAnswered() throws Exception {
    Lifecycle life = life();
    JettyUnderTest jetty =
        (JettyUnderTest)
            start(
                settings(life),
                (ctx, exchange) -> life.work().run(ctx, c -> serve(exchange.path())));
    life.own("server", jetty.part());
    try (Http1Client idle = Http1Client.plain(jetty.port());
        Http1Client busy = Http1Client.plain(jetty.port())) {
      idle.get("/quick");
      assertThat(idle.answer().status()).isEqualTo(200);
      busy.get("/");
      await(begun);
      CompletableFuture<ShutdownReport> report = shutDown(life);
      idle.awaitClosed();
      leave.countDown();
      assertThat(busy.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("1 finished, 0 cancelled, 0 stuck");
    }
  }

  private void serve(String path) throws InterruptedException {
    if (!path.equals("/quick")) {
      begun.countDown();
      await(leave);
    }
  }

  @Test
  void anAnswerGoesOutWhoseEndpointHasReturned() throws Exception {
    Lifecycle life = life();
    ServerSettings settings = settings(life);
    ContextHandler handler =
        JettyUnderTest.handler(settings, (ctx, exchange) -> life.work().run(ctx, c -> {}));
    JettyUnderTest jetty = JettyUnderTest.start(settings, new Late(handler, begun, leave));
    port = jetty.port();
    life.own("server", jetty.part());
    try (Http1Client client = Http1Client.plain(port)) {
      client.get("/");
      await(begun);
      CompletableFuture<ShutdownReport> report = shutDown(life);
      while (isAccepting(jetty)) {
        assertThat(Thread.interrupted()).as("connections are still accepted").isFalse();
      }
      leave.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("0 finished, 0 cancelled, 0 stuck");
    }
  }

  /** Completes a response late, when its endpoint has returned. */
  private static final class Late extends Handler.Wrapper {
    private final CountDownLatch returned;
    private final CountDownLatch leave;

    Late(Handler handler, CountDownLatch returned, CountDownLatch leave) {
      super(handler);
      this.returned = returned;
      this.leave = leave;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      return super.handle(
          request, response, Callback.from(() -> complete(callback), callback::failed));
    }

    private void complete(Callback callback) {
      returned.countDown();
      try {
        await(leave);
      } catch (InterruptedException e) {
        callback.failed(e);
      }
      callback.succeeded();
    }
  }
}
