package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.contracts.server.ServerExchange;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.socket.Certificate;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.contracts.socket.Http2Client;
import dev.belay.http.server.ClientGoneException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What arrives of a client that leaves, behind the proxies of Debian. */
class ProxyIT {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;
  private final Semaphore entered = new Semaphore(0);
  private final BlockingQueue<Throwable> causes = new LinkedBlockingQueue<>();
  private final Queue<String> paths = new ConcurrentLinkedQueue<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final BlockingQueue<Boolean> held = new LinkedBlockingQueue<>();
  private CancellableContext requests;
  private JettyUnderTest jetty;

  @BeforeEach
  void start(CancellableContext root) throws Exception {
    requests = root;
    var settings = new ServerSettings(root, Certificate.forLocalhost(), DAY, true, DAY, DAY, false);
    jetty = JettyUnderTest.start(settings, JettyUnderTest.handler(settings, this::serve));
  }

  @AfterEach
  void stop() throws Exception {
    requests.cancel(new IllegalStateException("the test ends"));
    jetty.stop();
  }

  private void serve(Context ctx, ServerExchange exchange) throws Exception {
    paths.add(exchange.path());
    switch (exchange.path()) {
      case "/waits" -> {
        entered.release();
        ctx.awaitDone();
        causes.add(ctx.cause());
      }
      case "/held" -> {
        entered.release();
        assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
        held.add(ctx.isDone());
      }
      default -> exchange.readBody();
    }
    exchange.write(true, "done".getBytes(StandardCharsets.US_ASCII));
  }

  private void awaitEntered() throws InterruptedException {
    assertThat(entered.tryAcquire(20, TimeUnit.SECONDS)).as("no request comes through").isTrue();
  }

  private void assertGone() throws InterruptedException {
    assertThat(causes.poll(20, TimeUnit.SECONDS)).isInstanceOf(ClientGoneException.class);
  }

  private void leaveOverHttp1(Proxy proxy) throws Exception {
    try (Http1Client client = Http1Client.plain(proxy.port())) {
      client.get("/waits");
      awaitEntered();
    }
    assertGone();
    try (Http1Client client = Http1Client.plain(proxy.port())) {
      client.get("/waits");
      awaitEntered();
      client.reset();
      assertGone();
    }
  }

  private void leaveOverHttp2(Proxy proxy) throws Exception {
    try (Http2Client client = Http2Client.plain(proxy.port())) {
      Http2Client.Stream stream = client.get("/waits");
      awaitEntered();
      stream.reset();
      assertGone();
      client.get("/waits");
      awaitEntered();
      client.cut();
    }
    assertGone();
  }

  private interface Leaving {
    void leave(Http1Client client) throws IOException;
  }

  private void assertNotNoticed(Proxy proxy, Leaving leaving) throws Exception {
    try (Http1Client client = Http1Client.plain(proxy.port())) {
      client.get("/held");
      awaitEntered();
      leaving.leave(client);
    }
    try (Http1Client other =
        Http1Client.plain(proxy.port())) { // the proxy has seen the first leave
      assertThat(other.get("/other").answer().status()).isEqualTo(200);
    }
    release.countDown();
    assertThat(held.poll(20, TimeUnit.SECONDS)).isFalse();
  }

  // ---- nginx

  @Test
  void nginxPassesOnThatAClientLeaves() throws Exception {
    try (Proxy proxy = Proxy.nginx(directory, jetty.port(), "", "")) {
      leaveOverHttp1(proxy);
    }
  }

  @Test
  void nginxPassesOnThatAStreamIsReset() throws Exception {
    try (Proxy proxy = Proxy.nginx(directory, jetty.port(), "http2", "")) {
      leaveOverHttp2(proxy);
    }
  }

  @Test
  void nginxKeepsItToItselfIfSoSet() throws Exception {
    try (Proxy proxy = Proxy.nginx(directory, jetty.port(), "", "proxy_ignore_client_abort on;")) {
      assertNotNoticed(proxy, Http1Client::close);
    }
  }

  @Test
  void nginxKeepsABodyUntilItIsWhole() throws Exception {
    try (Proxy proxy = Proxy.nginx(directory, jetty.port(), "", "")) {
      try (Http1Client client = Http1Client.plain(proxy.port())) {
        client.postHeader("/half", 1000);
        client.send("half");
      }
      try (Http1Client other = Http1Client.plain(proxy.port())) {
        assertThat(other.get("/other").answer().status()).isEqualTo(200);
      }
      assertThat(paths).containsExactly("/other");
    }
  }

  @Test
  void nginxGivesUpAnEndpointThatIsSilent() throws Exception {
    try (Proxy proxy = Proxy.nginx(directory, jetty.port(), "", "proxy_read_timeout 1s;");
        Http1Client client = Http1Client.plain(proxy.port())) {
      client.get("/waits");
      awaitEntered();
      assertThat(client.answer().status()).isEqualTo(504);
      assertGone();
    }
  }

  // ---- HAProxy

  @Test
  void haproxyPassesOnThatAClientLeavesIfSoSet() throws Exception {
    try (Proxy proxy = Proxy.haproxy(directory, jetty.port(), "", "option abortonclose")) {
      leaveOverHttp1(proxy);
    }
  }

  @Test
  void haproxyPassesOnThatAStreamIsReset() throws Exception {
    try (Proxy proxy = Proxy.haproxy(directory, jetty.port(), "proto h2", "option abortonclose")) {
      leaveOverHttp2(proxy);
    }
  }

  @Test
  void haproxyAloneDoesNotPassItOn() throws Exception {
    try (Proxy proxy = Proxy.haproxy(directory, jetty.port(), "", "")) {
      assertNotNoticed(proxy, Http1Client::close);
    }
  }

  @Test
  void haproxyAlonePassesOnNoReset() throws Exception {
    try (Proxy proxy = Proxy.haproxy(directory, jetty.port(), "", "")) {
      assertNotNoticed(proxy, Http1Client::reset);
    }
  }
}
