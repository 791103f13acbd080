package dev.belay.jetty;

import dev.belay.contracts.server.ServerContract;
import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;

/** Servlets on Jetty, in its environment for Servlet 6.0. */
class Ee10ServletIT extends ServerContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    var servlets = new ServletContextHandler();
    var filter = new FilterHolder(ServletIT.filter(settings));
    filter.setAsyncSupported(true);
    servlets.addFilter(filter, "/*", ServletIT.ALL);
    servlets.addServlet(new ServletScript(script), "/*");
    servlets.setErrorHandler(ServletIT::errorPage);
    return ServletIT.start(settings, servlets);
  }

  @Override
  protected Set<ServerFeature> unsupported() {
    return JettyIT.unsupportedForServlets();
  }
}
