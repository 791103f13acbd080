package dev.belay.tomcat;

import dev.belay.Context;
import dev.belay.contracts.server.ServerExchange;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.middleware.AccessLog;
import dev.belay.http.server.middleware.BodyLimit;
import dev.belay.http.server.middleware.Recover;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.servlet.ContextFilter;
import dev.belay.servlet.ServletMessages;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat with all that it can speak, its servlets on virtual threads. */
final class TomcatUnderTest implements ServerUnderTest {
  static final int LONGEST_BODY = 1000;
  private static final System.Logger ACCESS = System.getLogger("dev.belay.access");

  private final Tomcat tomcat = new Tomcat();
  private final ServerSettings settings;
  private final Connector clear;
  private final Connector tls;

  private TomcatUnderTest(ServerSettings settings, Filter filter, Servlet servlet) {
    this.settings = settings;
    tomcat.setBaseDir(Path.of("target", "tomcat").toString());
    clear = connector();
    tls = secured(connector());
    tomcat.setConnector(clear);
    tomcat.getService().addConnector(tls);
    var report = new ErrorReportValve();
    report.setShowReport(false);
    ((StandardHost) tomcat.getHost()).setErrorReportValveClass("");
    tomcat.getHost().getPipeline().addValve(report);
    deploy(tomcat.addContext("", null), filter, servlet);
  }

  static TomcatUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return start(settings, filter(settings), new Served(endpoint(script)));
  }

  static TomcatUnderTest start(ServerSettings settings, Filter filter, Servlet servlet)
      throws Exception {
    var started = new TomcatUnderTest(settings, filter, servlet);
    started.tomcat.start();
    return started;
  }

  static Endpoint<HttpServletRequest, HttpServletResponse> endpoint(ServerScript script) {
    return (ctx, request, response) -> script.run(ctx, new Exchange(request, response));
  }

  static Endpoint<HttpServletRequest, HttpServletResponse> withMiddleware(
      Endpoint<HttpServletRequest, HttpServletResponse> endpoint) {
    ServletMessages servlet = ServletMessages.INSTANCE;
    Endpoint<HttpServletRequest, HttpServletResponse> bounded =
        BodyLimit.around(servlet, LONGEST_BODY, endpoint);
    return RequestId.around(
        servlet, AccessLog.around(servlet, ACCESS, Recover.around(servlet, bounded)));
  }

  static ContextFilter filter(ServerSettings settings) {
    var filter = new ContextFilter(settings.root(), new RequestContexts(settings.requestLimit()));
    return settings.interrupting() ? filter.withInterrupts() : filter;
  }

  private Connector connector() {
    var protocol = new ContextNioProtocol();
    protocol.setHalfCloseIsGone(settings.halfCloseIsGone());
    protocol.setHeaderTimeout((int) settings.headerTimeout().toMillis());
    int idle = (int) settings.idleTimeout().toMillis();
    protocol.setConnectionTimeout(idle);
    protocol.setKeepAliveTimeout(idle);
    protocol.setMaxSwallowSize(-1);
    var connector = new Connector(protocol);
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("useVirtualThreads", "true");
    connector.addUpgradeProtocol(http2(idle));
    return connector;
  }

  /** Without Tomcat's limits for what it takes for an attack: small frames and quick resets. */
  private static Http2Protocol http2(int idle) {
    var http2 = new Http2Protocol();
    http2.setReadTimeout(idle);
    http2.setKeepAliveTimeout(idle);
    http2.setStreamReadTimeout(-1);
    http2.setStreamWriteTimeout(-1);
    http2.setMaxConcurrentStreamExecution(200);
    http2.setOverheadCountFactor(0);
    http2.setOverheadResetFactor(0);
    http2.setOverheadDataThreshold(0);
    http2.setOverheadWindowUpdateThreshold(0);
    http2.setOverheadContinuationThreshold(0);
    return http2;
  }

  private Connector secured(Connector connector) {
    connector.setSecure(true);
    connector.setScheme("https");
    connector.setProperty("SSLEnabled", "true");
    var host = new SSLHostConfig();
    var certificate = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
    certificate.setSslContext(new Keys(settings.certificate().server()));
    host.addCertificate(certificate);
    connector.addSslHostConfig(host);
    return connector;
  }

  private static void deploy(
      org.apache.catalina.Context application, Filter filter, Servlet servlet) {
    var definition = new FilterDef();
    definition.setFilterName("belay");
    definition.setFilter(filter);
    definition.setAsyncSupported("true");
    application.addFilterDef(definition);
    var mapping = new FilterMap();
    mapping.setFilterName("belay");
    mapping.addURLPattern("/*");
    mapping.setDispatcher("REQUEST");
    mapping.setDispatcher("ASYNC");
    mapping.setDispatcher("ERROR");
    application.addFilterMap(mapping);
    var wrapper = Tomcat.addServlet(application, "servlet", servlet);
    wrapper.setAsyncSupported(true);
    wrapper.addMapping("/*");
  }

  @Override
  public int port() {
    return clear.getLocalPort();
  }

  @Override
  public int tlsPort() {
    return tls.getLocalPort();
  }

  /** This server as a part of a program. */
  ServerPart part() {
    return new ServerPart(tomcat.getServer());
  }

  boolean isPaused() {
    return ((ContextNioProtocol) clear.getProtocolHandler()).isPaused();
  }

  @Override
  public void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  /** Runs an endpoint. */
  static final class Served extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Endpoint<HttpServletRequest, HttpServletResponse> endpoint;

    Served(Endpoint<HttpServletRequest, HttpServletResponse> endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      try {
        endpoint.handle(Context.current(), request, response);
      } catch (IOException | RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new ServletException(e);
      }
    }
  }

  private record Exchange(HttpServletRequest request, HttpServletResponse response)
      implements ServerExchange {
    @Override
    public String path() {
      return request.getRequestURI();
    }

    @Override
    public byte[] readBody() throws IOException {
      return request.getInputStream().readAllBytes();
    }

    @Override
    public void write(boolean last, byte[] part) throws IOException {
      OutputStream body = response.getOutputStream();
      body.write(part);
      if (last) {
        body.close();
      } else {
        response.flushBuffer();
      }
    }
  }

  /** The keys of a test's certificate, in Tomcat's form. */
  private record Keys(javax.net.ssl.SSLContext keys)
      implements org.apache.tomcat.util.net.SSLContext {
    @Override
    public void init(KeyManager[] own, TrustManager[] trusted, SecureRandom random) {}

    @Override
    public void destroy() {}

    @Override
    public SSLSessionContext getServerSessionContext() {
      return keys.getServerSessionContext();
    }

    @Override
    public SSLEngine createSSLEngine() {
      return keys.createSSLEngine();
    }

    @Override
    public SSLServerSocketFactory getServerSocketFactory() {
      return keys.getServerSocketFactory();
    }

    @Override
    public SSLParameters getSupportedSSLParameters() {
      return keys.getSupportedSSLParameters();
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[0];
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
