package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.demo.OpenFiles;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.wire.WireHeaders;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import dev.belay.jetty.ServerPart;
import dev.belay.lifecycle.Part;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A server on 127.0.0.1 that runs each request under a context, on a virtual thread. */
@SuppressWarnings("try") // as Part
public final class HttpHost implements Part {
  /** Of all of a request's headers together, in bytes. */
  static final int LONGEST_HEADER = 8 * 1024;

  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(90);

  /** From a header's first byte to its last: who sends it byte by byte is cut off. */
  private static final Duration HEADER_LIMIT = Duration.ofSeconds(10);

  /** For a connection on which nothing is sent, and for a body that stops coming. */
  private static final Duration IDLE_LIMIT = Duration.ofSeconds(10);

  private static final int BACKLOG = 4096;

  private final ExecutorService requests;
  private final Server server;
  private final ServerPart part;
  private final ServerConnector connector;

  private HttpHost(
      String name,
      int port,
      Context parent,
      WireHeaders headers,
      Endpoint<Request, Response> endpoint) {
    requests = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());
    var threads = new QueuedThreadPool(16, 4);
    threads.setName(name);
    threads.setVirtualThreadsExecutor(requests);
    server = new Server(threads);
    part = new ServerPart(server);
    connector = new ServerConnector(server, 1, 1, connections());
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    connector.setAcceptQueueSize(BACKLOG);
    connector.setIdleTimeout(IDLE_LIMIT.toMillis());
    server.addConnector(connector);
    // Beyond it customers wait to be let in, and the files that the database needs are left.
    server.addBean(new NetworkConnectionLimit(OpenFiles.forConnections(), connector));
    server.setErrorHandler(new JettyErrors());
    server.setHandler(
        new ContextHandler(parent, new RequestContexts(REQUEST_LIMIT, headers), endpoint));
  }

  private static ContextHttpConnectionFactory connections() {
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    configuration.setRequestHeaderSize(LONGEST_HEADER);
    var connections = new ContextHttpConnectionFactory(configuration);
    connections.setHeaderTimeout(HEADER_LIMIT);
    return connections;
  }

  /**
   * Starts a server; the caller closes it.
   *
   * @param name of its threads
   * @param port 0 for any
   * @param parent of every request's context
   * @param headers what is read of requests
   */
  public static HttpHost start(
      String name,
      int port,
      Context parent,
      WireHeaders headers,
      Endpoint<Request, Response> endpoint)
      throws Exception {
    var host = new HttpHost(name, port, parent, headers, endpoint);
    try {
      host.server.start();
      return host;
    } catch (Exception e) {
      host.close();
      throw e;
    }
  }

  /** Where it answers. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort());
  }

  @Override
  public void stopTaking() {
    part.stopTaking();
  }

  @Override
  public void drain(Context grace) throws Exception {
    part.drain(grace);
  }

  @Override
  public void close() throws Exception {
    part.close();
    requests.close();
  }
}
