package dev.belay.jetty;

import dev.belay.jetty.ServerUnderTest.Incoming;
import dev.belay.jetty.ServerUnderTest.Script;
import dev.belay.jetty.ServerUnderTest.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
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
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty with all that it can speak, its handlers on virtual threads. */
final class JettyUnderTest implements ServerUnderTest {
  private final Server server;
  private final ServerConnector clear;
  private final ServerConnector tls;

  private JettyUnderTest(Settings settings, Script script) {
    var threads = new QueuedThreadPool(24);
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server = new Server(threads);
    server.setHandler(new Scripted(script));
    clear = clear(settings);
    tls = tls(settings);
    for (ServerConnector connector : new ServerConnector[] {clear, tls}) {
      connector.setHost("127.0.0.1");
      connector.setIdleTimeout(settings.idleTimeout().toMillis());
      server.addConnector(connector);
    }
  }

  static ServerUnderTest start(Settings settings, Script script) throws Exception {
    var jetty = new JettyUnderTest(settings, script);
    jetty.server.start();
    return jetty;
  }

  private ServerConnector clear(Settings settings) {
    var configuration = new HttpConfiguration();
    var http2 = new HTTP2CServerConnectionFactory(configuration);
    http2.setStreamIdleTimeout(settings.idleTimeout().toMillis());
    return new ServerConnector(server, 1, 1, http1(configuration, settings), http2);
  }

  private ServerConnector tls(Settings settings) {
    var configuration = new HttpConfiguration();
    var secure = new SecureRequestCustomizer();
    secure.setSniHostCheck(false);
    configuration.addCustomizer(secure);
    var keys = new SslContextFactory.Server();
    keys.setKeyStorePath(SelfSigned.keyStore().toString());
    keys.setKeyStorePassword(SelfSigned.PASSWORD);
    var alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
    alpn.setDefaultProtocol("http/1.1");
    var http2 = new HTTP2ServerConnectionFactory(configuration);
    http2.setStreamIdleTimeout(settings.idleTimeout().toMillis());
    return new ServerConnector(
        server,
        1,
        1,
        new SslConnectionFactory(keys, "alpn"),
        alpn,
        http2,
        http1(configuration, settings));
  }

  private static ContextHttpConnectionFactory http1(
      HttpConfiguration configuration, Settings settings) {
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

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty does not stop", e);
    }
  }

  private static final class Scripted extends Handler.Abstract {
    private final Script script;

    Scripted(Script script) {
      this.script = script;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      try {
        script.run(new JettyIncoming(request, response));
        callback.succeeded();
      } catch (Exception e) {
        callback.failed(e);
      }
      return true;
    }
  }

  private record JettyIncoming(Request request, Response response) implements Incoming {
    @Override
    public String path() {
      return request.getHttpURI().getPath();
    }

    @Override
    public byte[] readBody() throws IOException {
      return Content.Source.asInputStream(request).readAllBytes();
    }

    @Override
    public void watch(Consumer<Throwable> onGone) {
      ClientWatch.of(request).begin(onGone);
    }

    @Override
    public void write(boolean last, byte[] part) throws IOException {
      Content.Sink.write(response, last, ByteBuffer.wrap(part));
    }
  }
}
