package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

/** A server with virtual threads that hands a request over on one of its own. */
class HandlerThreadIT {

  @Test
  void theEndpointRunsOnAVirtualThreadAllTheSame(CancellableContext root) throws Exception {
    Duration day = Duration.ofDays(1);
    var settings = new ServerSettings(root, Certificate.forLocalhost(), day, true, day, day, false);
    var virtual = new CompletableFuture<Boolean>();
    var handler =
        JettyUnderTest.handler(
            settings, (ctx, exchange) -> virtual.complete(Thread.currentThread().isVirtual()));
    var jetty = JettyUnderTest.start(settings, new HandedOver(handler));
    try (Http1Client client = Http1Client.plain(jetty.port())) {
      client.get("/");
      assertThat(virtual.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(client.answer().status()).isEqualTo(200);
    } finally {
      jetty.stop();
    }
  }

  private static final class HandedOver extends Handler.Wrapper {
    HandedOver(Handler handler) {
      super(handler);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      getServer()
          .getThreadPool()
          .execute(
              () -> {
                try {
                  super.handle(request, response, callback);
                } catch (Exception e) {
                  callback.failed(e);
                }
              });
      return true;
    }
  }
}
