package dev.belay.bench.server;

import dev.belay.Context;
import dev.belay.contracts.socket.Certificate;
import dev.belay.http.server.RequestContexts;
import dev.belay.servlet.ContextFilter;
import dev.belay.tomcat.ContextNioProtocol;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat, its servlets on virtual threads. */
final class TomcatHost implements Host {
  private final Tomcat tomcat = new Tomcat();
  private final Connector clear = connector();
  private final Connector tls = secured(connector());

  private TomcatHost(Context root, Work work) {
    tomcat.setBaseDir(Path.of("testing", "bench", "target", "tomcat").toString());
    tomcat.setConnector(clear);
    tomcat.getService().addConnector(tls);
    var application = tomcat.addContext("", null);
    application.addServletContainerInitializer(
        (classes, container) -> {
          var limit = new RequestContexts(Duration.ofMinutes(1));
          var filter = container.addFilter("belay", new ContextFilter(root, limit));
          filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        },
        null);
    Tomcat.addServlet(application, "work", new Served(work)).addMapping("/*");
  }

  static Host start(Context root, Work work) throws Exception {
    var host = new TomcatHost(root, work);
    host.tomcat.start();
    return host;
  }

  private static Connector connector() {
    var connector = new Connector(new ContextNioProtocol());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("useVirtualThreads", "true");
    connector.addUpgradeProtocol(new Http2Protocol());
    return connector;
  }

  private static Connector secured(Connector connector) {
    connector.setSecure(true);
    connector.setScheme("https");
    connector.setProperty("SSLEnabled", "true");
    var host = new SSLHostConfig();
    var keys = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
    keys.setCertificateKeystore(Certificate.forLocalhost().keyStore());
    keys.setCertificateKeystorePassword(new String(Certificate.forLocalhost().password()));
    host.addCertificate(keys);
    connector.addSslHostConfig(host);
    return connector;
  }

  @Override
  public int port() {
    return clear.getLocalPort();
  }

  @Override
  public int tlsPort() {
    return tls.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (LifecycleException e) {
      throw new IOException(e);
    }
  }

  /** Does the work of each request. */
  private static final class Served extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Work work;

    Served(Work work) {
      this.work = work;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws ServletException {
      try {
        work.run(Context.current());
      } catch (Exception e) {
        throw new ServletException(e);
      }
    }
  }
}
