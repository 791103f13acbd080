package dev.belay.tomcat.stock;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.server.RequestContexts;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.servlet.ContextFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.time.Duration;
import java.util.EnumSet;

// @start region=listener
/** Puts the application's requests under contexts. */
@WebListener
public final class Contexts implements ServletContextListener {
  private final CancellableContext root = Context.root("shop");

  @Override
  public void contextInitialized(ServletContextEvent event) {
    var limit = new RequestContexts(Duration.ofMinutes(10)); // a client may ask for less
    var filter = event.getServletContext().addFilter("belay", new ContextFilter(root, limit));
    filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
    filter.setAsyncSupported(true);
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    root.cancel(new ShutdownException("the application stops"));
  }
}
// @end region=listener
