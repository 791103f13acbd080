package dev.belay.jetty;

import dev.belay.contracts.server.ServerExchange;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with all that it can speak, its handlers on virtual threads. */
final class JettyUnderTest implements ServerUnderTest {
  private final Server server;
  private final ServerConnector clear;
  private final ServerConnector tls;

  private JettyUnderTest(ServerSettings settings, Handler handler) {
    var threads = new QueuedThreadPool(24);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server = new Server(threads);
    server.setHandler(handler);
    clear = clear(settings);
    tls = tls(settings);
    for (ServerConnector connector : new ServerConnector[] {clear, tls}) {
      connector.setHost("127.0.0.1");
      connector.setIdleTimeout(settings.idleTimeout().toMillis());
      server.addConnector(connector);
    }
  }

  static ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return start(settings, handler(settings, script));
  }

  static JettyUnderTest start(ServerSettings settings, Handler handler) throws Exception {
    var jetty = new JettyUnderTest(settings, handler);
    jetty.server.start();
    return jetty;
  }

  static ContextHandler handler(ServerSettings settings, ServerScript script) {
    return handler(settings, endpoint -> endpoint, script);
  }

  /** The same with middleware. */
  static ContextHandler handler(
      ServerSettings settings,
      UnaryOperator<Endpoint<Request, Response>> around,
      ServerScript script) {
    Endpoint<Request, Response> endpoint =
        (ctx, request, response) -> script.run(ctx, new Exchange(request, response));
    var handler =
        new ContextHandler(
            settings.root(), new RequestContexts(settings.requestLimit()), around.apply(endpoint));
    return settings.interrupting() ? handler.withInterrupts() : handler;
  }

  private ServerConnector clear(ServerSettings settings) {
    var configuration = new HttpConfiguration();
    var http2 = http2(new HTTP2CServerConnectionFactory(configuration), settings);
    return new ServerConnector(server, 1, 1, http1(configuration, settings), http2);
  }

  private ServerConnector tls(ServerSettings settings) {
    var configuration = new HttpConfiguration();
    var secure = new SecureRequestCustomizer();
    secure.setSniHostCheck(false);
    configuration.addCustomizer(secure);
    var keys = new SslContextFactory.Server();
    keys.setSslContext(settings.certificate().server());
    var alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
    alpn.setDefaultProtocol("http/1.1");
    var http2 = http2(new HTTP2ServerConnectionFactory(configuration), settings);
    return new ServerConnector(
        server,
        1,
        1,
        new SslConnectionFactory(keys, "alpn"),
        alpn,
        http2,
        http1(configuration, settings));
  }

  private static AbstractHTTP2ServerConnectionFactory http2(
      AbstractHTTP2ServerConnectionFactory http2, ServerSettings settings) {
    http2.setStreamIdleTimeout(settings.idleTimeout().toMillis());
    return http2;
  }

  private static ContextHttpConnectionFactory http1(
      HttpConfiguration configuration, ServerSettings settings) {
    var http1 = new ContextHttpConnectionFactory(configuration);
    http1.setHalfCloseIsGone(settings.halfCloseIsGone());
    http1.setHeaderTimeout(settings.headerTimeout());
    return http1;
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
    return new ServerPart(server);
  }

  /** Waits until the clear port has no connection. */
  void awaitNoConnection() {
    while (!clear.getConnectedEndPoints().isEmpty()) {
      if (Thread.interrupted()) {
        throw new AssertionError("this test takes too long");
      }
      Thread.onSpinWait();
    }
  }

  @Override
  public void stop() throws Exception {
    server.stop();
  }

  private record Exchange(Request request, Response response) implements ServerExchange {
    @Override
    public String path() {
      return request.getHttpURI().getPath();
    }

    @Override
    public byte[] readBody() throws IOException {
      return Content.Source.asInputStream(request).readAllBytes();
    }

    @Override
    public void write(boolean last, byte[] part) throws IOException {
      Content.Sink.write(response, last, ByteBuffer.wrap(part));
    }
  }
}
