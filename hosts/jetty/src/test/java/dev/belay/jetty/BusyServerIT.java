package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.contracts.socket.Http1Client;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.junit.jupiter.api.Test;

/** A server without virtual threads, all of whose workers wait in handlers. */
class BusyServerIT {
  private static final int WORKERS = 6;

  private final CountDownLatch leave = new CountDownLatch(1);

  @Test
  void clientsThatGoAreNoticedWhenNoWorkerIsFree() throws Exception {
    var threads = new QueuedThreadPool(WORKERS);
    threads.setReservedThreads(0);
    var server = new Server(threads);
    var http1 = new ContextHttpConnectionFactory(new HttpConfiguration());
    var connector = new ServerConnector(server, 1, 1, http1);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    // The acceptor and the selector take one thread each.
    var handler = new Blocking(WORKERS - 2);
    server.setHandler(handler);
    server.start();
    List<Http1Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < WORKERS - 2; i++) {
        Http1Client client = Http1Client.plain(connector.getLocalPort());
        clients.add(client);
        client.get("/");
      }
      assertThat(handler.entered.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(threads.getIdleThreads()).isZero();
      for (Http1Client client : clients) {
        client.close();
      }
      boolean reported = handler.gone.await(20, TimeUnit.SECONDS);
      assertThat(reported).as(() -> "reported " + handler.reports).isTrue();
    } finally {
      leave.countDown();
      server.stop();
    }
  }

  private final class Blocking extends Handler.Abstract {
    private final CountDownLatch entered;
    private final CountDownLatch gone;
    private final AtomicInteger reports = new AtomicInteger();

    Blocking(int requests) {
      entered = new CountDownLatch(requests);
      gone = new CountDownLatch(requests);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      RequestWatch.of(request)
          .begin(
              why -> {
                reports.incrementAndGet();
                gone.countDown();
              });
      entered.countDown();
      if (!leave.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the test has forgotten this request");
      }
      callback.succeeded();
      return true;
    }
  }
}
