package dev.belay.bench.overload;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.bench.Child;
import dev.belay.jetty.ContextHttpConnectionFactory;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The service that is measured: Jetty on virtual threads, HikariCP, the JDK's HTTP client. */
public final class Service {
  /** The limit of everything that has one. */
  static final Duration LIMIT = Duration.ofSeconds(1);

  private Service() {}

  /**
   * Serves until its standard input ends.
   *
   * @param args the form, the URL of the database, the URL of the backend
   */
  public static void main(String[] args) throws Exception {
    Form form = Form.valueOf(args[0]);
    try (HikariDataSource pool = pool(args[1]);
        CancellableContext root = Context.root("service");
        HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build()) {
      Handler handler =
          switch (form) {
            case BARE -> new BareHandler(pool, http, args[2]);
            case ORDER, FIFO -> BelayHandler.of(root, form, pool, http, args[2]);
          };
      Server server = server(form, handler);
      server.start();
      Child.serve(((ServerConnector) server.getConnectors()[0]).getLocalPort(), () -> {});
      server.stop();
    }
  }

  private static HikariDataSource pool(String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(Work.POOL);
    config.setConnectionTimeout(LIMIT.toMillis());
    return new HikariDataSource(config);
  }

  private static Server server(Form form, Handler handler) {
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var server = new Server(threads);
    var http = new HttpConfiguration();
    ConnectionFactory connections =
        form == Form.BARE
            ? new HttpConnectionFactory(http)
            : new ContextHttpConnectionFactory(http);
    var connector = new ServerConnector(server, connections);
    connector.setHost("127.0.0.1");
    connector.setAcceptQueueSize(1024);
    server.addConnector(connector);
    server.setHandler(handler);
    return server;
  }
}
