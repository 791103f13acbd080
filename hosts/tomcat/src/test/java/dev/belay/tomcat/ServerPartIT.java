package dev.belay.tomcat;

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
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server that is shut down with requests in flight. */
class ServerPartIT extends PartContract {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CountDownLatch returned = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);

  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return TomcatUnderTest.start(settings, script);
  }

  @Override
  protected Part part(ServerUnderTest server) {
    return ((TomcatUnderTest) server).part();
  }

  @Override
  protected boolean isAccepting(ServerUnderTest server) {
    return !((TomcatUnderTest) server).isPaused();
  }

  @Test
  void anAnswerGoesOutWhoseEndpointHasReturned() throws Exception {
    CancellableContext root = Roots.open("server", TimeSource.system(), false);
    Lifecycle life = Lifecycle.open(root, MINUTE, MINUTE);
    var settings =
        new ServerSettings(life.context(), Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
    TomcatUnderTest tomcat =
        TomcatUnderTest.start(
            settings,
            new Late(TomcatUnderTest.filter(settings), returned, leave),
            new TomcatUnderTest.Served(
                TomcatUnderTest.endpoint((ctx, exchange) -> life.work().run(ctx, c -> {}))));
    life.own("server", tomcat.part());
    try (Http1Client client = Http1Client.plain(tomcat.port())) {
      client.get("/");
      assertThat(returned.await(60, TimeUnit.SECONDS)).isTrue();
      CompletableFuture<ShutdownReport> report = shutDown(life);
      while (isAccepting(tomcat)) {
        assertThat(Thread.interrupted()).as("connections are still accepted").isFalse();
        Thread.onSpinWait();
      }
      leave.countDown();
      assertThat(client.answer().status()).isEqualTo(200);
      assertThat(report.get(60, TimeUnit.SECONDS)).hasToString("0 finished, 0 cancelled, 0 stuck");
    }
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

  /** Completes a response late, when its endpoint has returned. */
  private record Late(Filter filter, CountDownLatch returned, CountDownLatch leave)
      implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      filter.doFilter(request, response, chain);
      returned.countDown();
      try {
        assertThat(leave.await(60, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new ServletException(e);
      }
    }
  }
}
