package dev.belay.jetty;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.server.RequestContexts;
import dev.belay.servlet.ContextFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/tomcat.md about Jetty's servlets. */
class ServletExamples {
  // @start region=server
  /** A Jetty that runs {@code servlet} under a context per request. */
  static Server jetty(Context root, HttpServlet servlet) {
    var limit = new RequestContexts(Duration.ofSeconds(10)); // a client may ask for less
    var filter = new FilterHolder(new ContextFilter(root, limit));
    filter.setAsyncSupported(true);
    var servlets = new ServletContextHandler();
    servlets.addFilter(filter, "/*", EnumSet.allOf(DispatcherType.class));
    servlets.addServlet(servlet, "/work");
    servlets.setErrorHandler(
        (request, response, callback) -> {
          Content.Sink.write(response, true, "error " + response.getStatus(), callback);
          return true;
        });
    var server = new Server();
    var http1 = new ContextHttpConnectionFactory(new HttpConfiguration());
    server.addConnector(new ServerConnector(server, http1));
    server.setHandler(new WatchHandler(servlets));
    return server;
  }

  // @end region=server

  private static final class Path extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().write(Context.current().toString());
    }
  }

  @Test
  void aServletRunsUnderItsRequestsContext(CancellableContext root) throws Exception {
    Server server = jetty(root, new Path());
    server.start();
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    try (var socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write("GET /work HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
      assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8)).contains("GET /work");
    } finally {
      server.stop();
    }
  }
}
