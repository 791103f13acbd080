package dev.belay.bench.server;

import dev.belay.Context;
import dev.belay.contracts.socket.Certificate;
import dev.belay.http.server.RequestContexts;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Jetty, its handlers on virtual threads. */
final class JettyHost implements Host {
  private final Server server = server();
  private final ServerConnector clear;
  private final ServerConnector tls;

  private JettyHost(Handler handler) {
    var configuration = new HttpConfiguration();
    var http1 = new ContextHttpConnectionFactory(configuration);
    clear = connector(server, http1, new HTTP2CServerConnectionFactory(configuration));
    var keys = new SslContextFactory.Server();
    keys.setSslContext(Certificate.forLocalhost().server());
    tls = connector(server, new SslConnectionFactory(keys, http1.getProtocol()), http1);
    server.setHandler(handler);
  }

  static Host start(Context root, Work work) throws Exception {
    var host =
        new JettyHost(
            new ContextHandler(
                root,
                new RequestContexts(Duration.ofMinutes(1)),
                (ctx, request, response) -> work.run(ctx)));
    host.server.start();
    return host;
  }

  /** One that does nothing but answer, with contexts or without any of Belay; started. */
  static ServerConnector answering(boolean contexts, Handler handler) throws Exception {
    Server server = server();
    var configuration = new HttpConfiguration();
    ServerConnector connector =
        connector(
            server,
            contexts
                ? new ContextHttpConnectionFactory(configuration)
                : new HttpConnectionFactory(configuration));
    server.setHandler(handler);
    server.start();
    return connector;
  }

  private static Server server() {
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    return new Server(threads);
  }

  private static ServerConnector connector(Server server, ConnectionFactory... protocols) {
    var connector = new ServerConnector(server, 1, 1, protocols);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
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
      server.stop();
    } catch (Exception e) {
      throw new IOException(e);
    }
  }
}
