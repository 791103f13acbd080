package dev.belay.demo;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.mail.MailWorkers;
import dev.belay.demo.order.OrderBook;
import dev.belay.demo.order.OrderTaking;
import dev.belay.demo.order.Stock;
import dev.belay.demo.payment.PaymentClient;
import dev.belay.demo.payment.PaymentService;
import dev.belay.demo.web.Front;
import dev.belay.demo.web.Payments;
import dev.belay.demo.web.Requests;
import dev.belay.demo.web.Shop;
import dev.belay.http.server.RequestContexts;
import dev.belay.jdbc.client.ContextDataSource;
import dev.belay.jetty.ContextEndpoint;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import java.io.IOException;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole program: database, mail server, payment service, shop. It starts what it was not given
 * and closes what it started, last first.
 */
public final class OrderService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrderService.class);
  private static final int POOL_SIZE = 16;
  private static final int BACKLOG = 4096;
  private static final Duration REQUEST_LIMIT = Duration.ofSeconds(90);
  private static final Duration CANCEL_LIMIT = Duration.ofSeconds(30);

  /**
   * What the service is to use.
   *
   * @param port where it listens; 0 for any
   * @param postgres a JDBC URL; null for an embedded server
   * @param smtp HOST:PORT; null for an embedded server
   * @param slowable whether requests may slow their steps down
   * @param grace how long running requests may go on at shutdown
   */
  public record Settings(
      int port,
      @Nullable String postgres,
      @Nullable String smtp,
      boolean slowable,
      Duration grace) {

    /** Everything embedded, any port. */
    public static Settings embedded() {
      return new Settings(0, null, null, true, Duration.ofSeconds(5));
    }
  }

  /**
   * What a shutdown did.
   *
   * @param mailsWaiting never started: they wait in the database for the next start
   */
  public record Shutdown(Requests.Report requests, long mailsWaiting) {
    @Override
    public String toString() {
      return "%d finished, %d cancelled, %d stuck; %d mails never started"
          .formatted(requests.finished(), requests.cancelled(), requests.stuck(), mailsWaiting);
    }
  }

  private final Duration grace;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final CancellableContext root;
  private final CancellableContext requestRoot;
  private final CancellableContext running;
  private final HikariDataSource pool;
  private final @Nullable GreenMail greenMail;
  private final MailWorkers mails;
  private final Requests requests;
  private final Requests payments;
  private final ServerConnector connector;
  private @Nullable Shutdown shutdown;

  private OrderService(Settings settings) throws Exception {
    grace = settings.grace();
    try {
      String url = settings.postgres() == null ? embeddedDatabase() : settings.postgres();
      migrate(url);
      pool = own(pool(url));
      greenMail = settings.smtp() == null ? embeddedMailServer() : null;
      root = own(Context.root("order service"));
      requestRoot = own(Context.root("orders-api"));
      // Below the root, which lives on: what a cancelled order has to undo hangs there.
      running = own(requestRoot.withCancel());
      var database = ContextDataSource.wrap(pool);
      mails = own(mailWorkers(database, settings.smtp()));
      String secret = UUID.randomUUID().toString();
      payments =
          new Requests(
              Front.of(new Payments(new PaymentService(database), secret), settings.slowable()));
      // A server of its own: it must answer until the last order was finished or undone.
      var paymentServer = serve("payments-http", 0, root, payments);
      var paymentClient = own(new PaymentClient(() -> address(paymentServer), secret));
      var stock = new Stock(database);
      var orders = new OrderBook(database);
      var taking = new OrderTaking(stock, paymentClient, orders, mails::wake);
      requests = new Requests(Front.of(new Shop(stock, orders, taking), settings.slowable()));
      taking.recover(root);
      connector = serve("orders-http", settings.port(), running, requests);
    } catch (Exception e) {
      closeOwned();
      throw e;
    }
  }

  /** Starts the service; it answers when this returns. The caller closes it. */
  public static OrderService start(Settings settings) throws Exception {
    return new OrderService(settings);
  }

  private <T extends AutoCloseable> T own(T part) {
    owned.push(part);
    return part;
  }

  private String embeddedDatabase() throws IOException {
    log.info("starting PostgreSQL (the first start on a machine takes some seconds)");
    return own(EmbeddedPostgres.start()).jdbcUrl();
  }

  private static void migrate(String url) {
    Flyway.configure().dataSource(url, null, null).load().migrate();
  }

  private static HikariDataSource pool(String url) {
    var config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(POOL_SIZE);
    // The contexts bound the wait; this only bounds what has none.
    config.setConnectionTimeout(120_000);
    config.setPoolName("orders");
    return new HikariDataSource(config);
  }

  private GreenMail embeddedMailServer() {
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    own(server::stop);
    return server;
  }

  private MailWorkers mailWorkers(ContextDataSource database, @Nullable String smtp) {
    if (smtp == null) {
      GreenMail server = Objects.requireNonNull(greenMail);
      return new MailWorkers(root, database, "127.0.0.1", server.getSmtp().getPort());
    }
    int colon = smtp.lastIndexOf(':');
    return new MailWorkers(
        root, database, smtp.substring(0, colon), Integer.parseInt(smtp.substring(colon + 1)));
  }

  private ServerConnector serve(String name, int port, Context parent, ContextEndpoint endpoint)
      throws Exception {
    var threads = new QueuedThreadPool(16, 4);
    threads.setName(name);
    threads.setVirtualThreadsExecutor(
        own(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory())));
    var server = new Server(threads);
    var configuration = new HttpConfiguration();
    configuration.setSendServerVersion(false);
    var http = new ServerConnector(server, 1, 1, new ContextHttpConnectionFactory(configuration));
    http.setHost("127.0.0.1");
    http.setPort(port);
    http.setAcceptQueueSize(BACKLOG);
    server.addConnector(http);
    server.setHandler(new ContextHandler(parent, new RequestContexts(REQUEST_LIMIT), endpoint));
    own(server::stop);
    server.start();
    return http;
  }

  /** Where the service answers. */
  public URI address() {
    return address(connector);
  }

  private static URI address(ServerConnector server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /** The pool, for the books and for tests. */
  public HikariDataSource pool() {
    return pool;
  }

  /** The contexts of requests, and of what they have detached, that have not ended. */
  public List<LiveContext> liveContexts() {
    String ours = running.toString();
    return TreeInspector.live(requestRoot).stream()
        .filter(live -> !live.context().toString().equals(ours))
        .toList();
  }

  /** The requests being answered. */
  public Requests requests() {
    return requests;
  }

  /** The requests that the payment service is answering. */
  public Requests payments() {
    return payments;
  }

  /** The workers that send the mails. */
  public MailWorkers mails() {
    return mails;
  }

  /** The embedded mail server; null where another one is used. */
  public @Nullable GreenMail mailServer() {
    return greenMail;
  }

  /**
   * Shuts down: no new requests; running ones get their grace, then are cancelled; mails that wait
   * are sent as far as the grace goes. Then everything is closed.
   */
  public synchronized Shutdown shutdown() throws Exception {
    if (shutdown != null) {
      return shutdown;
    }
    requests.closing();
    connector.close(); // the listening socket; connections that are open stay
    try (CancellableContext limit = Context.background().withTimeout(grace)) {
      if (!requests.awaitNone(grace)) {
        log.info("grace is over: cancelling {} requests", requests.running());
        running.cancel(new ShutdownException());
        requests.awaitNone(CANCEL_LIMIT);
      }
      drainMails(limit);
    }
    try (CancellableContext limit = root.withTimeout(CANCEL_LIMIT)) {
      shutdown = new Shutdown(requests.report(), mails.pending(limit));
    } finally {
      closeOwned();
    }
    return shutdown;
  }

  private void drainMails(Context limit) throws SQLException, InterruptedException {
    try {
      mails.drain(limit);
    } catch (SQLException | ContextEndedException e) {
      log.debug("mails are left", e);
    }
  }

  /** {@link #shutdown()}; what goes wrong is logged. */
  @Override
  public void close() {
    try {
      shutdown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      log.error("the shutdown failed", e);
    }
  }

  private void closeOwned() {
    while (!owned.isEmpty()) {
      AutoCloseable part = owned.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("{} did not close: {}", part, e.toString());
      }
    }
  }
}
