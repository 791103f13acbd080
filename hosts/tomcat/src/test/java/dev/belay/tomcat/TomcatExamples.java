package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.contracts.socket.Http1Client;
import dev.belay.http.server.RequestContexts;
import dev.belay.servlet.ContextFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/tomcat.md. */
class TomcatExamples {
  private final CountDownLatch working = new CountDownLatch(1);
  private final CompletableFuture<Throwable> why = new CompletableFuture<>();

  // @start region=server
  /** A Tomcat that runs {@code servlet} under a context per request. */
  static Tomcat tomcat(Context root, HttpServlet servlet) {
    var tomcat = new Tomcat();
    tomcat.setBaseDir(Path.of("target", "tomcat").toString());
    var connector = new Connector(new ContextNioProtocol());
    connector.setPort(0);
    connector.setProperty("useVirtualThreads", "true");
    tomcat.setConnector(connector);
    var application = tomcat.addContext("", null);
    application.addServletContainerInitializer(
        (classes, container) -> {
          var limit = new RequestContexts(Duration.ofSeconds(10)); // a client may ask for less
          var filter = container.addFilter("belay", new ContextFilter(root, limit));
          filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
          filter.setAsyncSupported(true);
        },
        null);
    Tomcat.addServlet(application, "work", servlet).addMapping("/work");
    return tomcat;
  }

  // @end region=server

  // @start region=servlet
  final class Work extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      Context ctx = Context.current();
      working.countDown();
      try {
        ctx.awaitDone(); // stands for a query
        ctx.throwIfDone();
      } catch (InterruptedException | ContextCancelledException e) {
        why.complete(e);
      }
    }
  }

  // @end region=servlet

  @Test
  void aServletsWorkEndsWhenItsClientLeaves(CancellableContext root) throws Exception {
    Tomcat tomcat = tomcat(root, new Work());
    tomcat.start();
    try (Http1Client client = Http1Client.plain(tomcat.getConnector().getLocalPort())) {
      client.get("/work");
      assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
      client.close();
      assertThat(why.get(20, TimeUnit.SECONDS)).hasMessageContaining("client gone");
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
