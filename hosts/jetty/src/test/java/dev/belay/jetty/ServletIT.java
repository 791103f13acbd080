package dev.belay.jetty;

import dev.belay.contracts.server.CanaryContract;
import dev.belay.contracts.server.ServerContract;
import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.contracts.server.TimeLimitContract;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.servlet.ContextFilter;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Nested;

/** Servlets on Jetty, in its environment for Servlet 6.1. */
class ServletIT {
  static final EnumSet<DispatcherType> ALL = EnumSet.allOf(DispatcherType.class);

  static ContextFilter filter(ServerSettings settings) {
    var filter = new ContextFilter(settings.root(), new RequestContexts(settings.requestLimit()));
    return settings.interrupting() ? filter.withInterrupts() : filter;
  }

  static ServerUnderTest start(ServerSettings settings, Handler servlets) throws Exception {
    return JettyUnderTest.start(settings, new WatchHandler(servlets));
  }

  /** Jetty's own page shows what was thrown, and the client's query. */
  static boolean errorPage(Request request, Response response, Callback callback) {
    Content.Sink.write(response, true, "error " + response.getStatus(), callback);
    return true;
  }

  static Handler ee11(ContextFilter filter, ServerScript script) {
    var servlets = new ServletContextHandler();
    var belay = new FilterHolder(filter);
    belay.setAsyncSupported(true);
    servlets.addFilter(belay, "/*", ALL);
    servlets.addServlet(new ServletScript(script), "/*");
    servlets.setErrorHandler(ServletIT::errorPage);
    return servlets;
  }

  @Nested
  class Ee11 extends ServerContract {
    @Override
    protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
      return ServletIT.start(settings, ee11(filter(settings), script));
    }

    @Override
    protected Set<ServerFeature> unsupported() {
      return JettyIT.unsupportedForServlets();
    }
  }

  @Nested
  class Limits extends TimeLimitContract {
    @Override
    protected ServerUnderTest start(
        ServerSettings settings, Duration body, Duration response, ServerScript script)
        throws Exception {
      ContextFilter filter = filter(settings).withLimits(new RequestLimits(body, response));
      return ServletIT.start(settings, ee11(filter, script));
    }
  }

  @Nested
  class Canary extends CanaryContract {
    @Override
    protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
      return ServletIT.start(settings, ee11(filter(settings), script));
    }
  }
}
