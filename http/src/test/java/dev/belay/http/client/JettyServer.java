package dev.belay.http.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.RateControl;
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

/** HTTP/2 over TLS. */
final class JettyServer extends TestServer {
  private final Server server = new Server();
  private final ServerConnector connector;
  private final SSLContext clientSide;

  JettyServer() throws Exception {
    var certificate = Certificate.shared();
    clientSide = certificate.client();
    var tls = new SslContextFactory.Server();
    tls.setSslContext(certificate.server());
    var configuration = new HttpConfiguration();
    configuration.addCustomizer(new SecureRequestCustomizer());
    var http2 = new HTTP2ServerConnectionFactory(configuration);
    http2.setMaxConcurrentStreams(1000);
    // Thousands of streams are reset on purpose.
    http2.setRateControlFactory(new RateControl.Factory() {});
    var alpn = new ALPNServerConnectionFactory(http2.getProtocol());
    connector =
        new ServerConnector(server, new SslConnectionFactory(tls, alpn.getProtocol()), alpn, http2);
    connector.setHost("localhost");
    http2.addBean(new Counter());
    server.addConnector(connector);
    server.setHandler(new Answers());
    server.start();
  }

  private final class Counter implements Connection.Listener {
    @Override
    public void onOpened(Connection connection) {
      connections.add(1);
      open.add(1);
    }

    @Override
    public void onClosed(Connection connection) {
      open.add(-1);
    }
  }

  @Override
  URI uri(String path) {
    return URI.create("https://localhost:" + connector.getLocalPort() + path);
  }

  @Override
  HttpClient client() {
    return HttpClient.newBuilder().sslContext(clientSide).build();
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private final class Answers extends Handler.Abstract.NonBlocking {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      String path = Request.getPathInContext(request);
      requests.add(1);
      if (waitsForItsClient(path)) {
        new Waiting(request, response, callback).start(path);
      } else {
        byte[] body =
            switch (path) {
              case "/big" -> new byte[BIG];
              case "/field" -> field(request).getBytes(ISO_8859_1);
              default -> "ok".getBytes(ISO_8859_1);
            };
        response.write(true, ByteBuffer.wrap(body), callback);
      }
      return true;
    }

    private static String field(Request request) {
      String value = request.getHeaders().get("Belay-Timeout-Ms");
      return value == null ? "none" : value;
    }
  }

  /**
   * An exchange that only its client ends. A reset goes to the failure listener or, when one is
   * under way, to the write: not always to both.
   */
  private final class Waiting {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final AtomicBoolean ended = new AtomicBoolean();

    Waiting(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    void start(String path) {
      busy.add(1);
      request.addFailureListener(this::end);
      switch (path) {
        case "/stall" -> write(() -> {});
        case "/trickle" -> trickle();
        default -> {}
      }
    }

    private void trickle() {
      write(
          () ->
              request
                  .getComponents()
                  .getScheduler()
                  .schedule(this::trickle, 5, TimeUnit.MILLISECONDS));
    }

    private void write(Runnable then) {
      ByteBuffer piece = ByteBuffer.wrap(TEN.getBytes(ISO_8859_1));
      response.write(false, piece, Callback.from(then, this::end));
    }

    private void end(Throwable failure) {
      if (ended.compareAndSet(false, true)) {
        callback.failed(failure);
        busy.add(-1);
        gone.add(1);
      }
    }
  }
}
