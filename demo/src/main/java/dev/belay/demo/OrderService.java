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
import dev.belay.demo.order.Undoing;
import dev.belay.demo.payment.PaymentClient;
import dev.belay.demo.payment.PaymentService;
import dev.belay.demo.web.Front;
import dev.belay.demo.web.HttpHost;
import dev.belay.demo.web.Payments;
import dev.belay.demo.web.Requests;
import dev.belay.demo.web.Shop;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole program: database, mail server, payment service, shop. It starts what it was not given
 * and closes what it started, last first.
 */
public final class OrderService implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(OrderService.class);
  private static final int POOL_SIZE = 16;
  private static final Duration CANCEL_LIMIT = Duration.ofSeconds(30);

  /**
   * What a shutdown did.
   *
   * @param mailsWaiting they wait in the database for the next start
   * @param mailsFailed that the mail server has refused for good, since the database was made
   * @param ordersToUndo that failed and could not be undone; the next start will
   */
  public record Shutdown(
      Requests.Report requests, long mailsWaiting, long mailsFailed, int ordersToUndo) {
    @Override
    public String toString() {
      return ("%d finished, %d cancelled, %d stuck; %d mails never started, %d refused for good;"
              + " %d orders left to be undone")
          .formatted(
              requests.finished(),
              requests.cancelled(),
              requests.stuck(),
              mailsWaiting,
              mailsFailed,
              ordersToUndo);
    }
  }

  private final Duration grace;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private final WorkForNobody workForNobody;
  private final CancellableContext root;
  private final CancellableContext requestRoot;
  private final CancellableContext running;
  private final HikariDataSource pool;
  private final @Nullable GreenMail greenMail;
  private final MailWorkers mails;
  private final Undoing undoing;
  private final Requests requests;
  private final Requests payments;
  private final HttpHost paymentHost;
  private final HttpHost host;
  private @Nullable Shutdown shutdown;

  private OrderService(Context ctx, Settings settings) throws Exception {
    grace = settings.grace();
    workForNobody = new WorkForNobody(settings.heeding());
    try {
      root = own(Context.root("order service"));
      String url = settings.postgres() == null ? embeddedDatabase(ctx) : settings.postgres();
      own(DatabaseClaim.claim(root, url));
      migrate(ctx, url);
      pool = own(pool(url));
      greenMail = settings.smtp() == null ? embeddedMailServer() : null;
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
      paymentHost = HttpHost.start("payments-http", 0, root, payments);
      own(paymentHost::stop);
      URI detour = settings.payments();
      var client =
          own(new PaymentClient(() -> detour == null ? paymentHost.address() : detour, secret));
      var stock = new Stock(database);
      var orders = new OrderBook(database);
      undoing = own(new Undoing(root, stock, client));
      var taking = new OrderTaking(stock, client, orders, undoing, mails::wake);
      requests = new Requests(Front.of(new Shop(stock, orders, taking), settings.slowable()));
      undoing.recover(ctx);
      host =
          HttpHost.start("orders-http", settings.port(), running, workForNobody.around(requests));
      own(host::stop);
    } catch (Exception e) {
      closeOwned();
      ctx.throwIfDone(e);
      throw e;
    }
  }

  /**
   * Starts the service; it answers when this returns. The caller closes it.
   *
   * @param ctx of the start alone: its end ends the start, and nothing is left
   * @throws ContextEndedException if it has ended first
   */
  public static OrderService start(Context ctx, Settings settings) throws Exception {
    return new OrderService(ctx, settings);
  }

  private <T extends AutoCloseable> T own(T part) {
    owned.push(part);
    return part;
  }

  private String embeddedDatabase(Context ctx) throws Exception {
    log.info("starting PostgreSQL (the first start on a machine takes some seconds)");
    return own(ctx.callInterruptibly(c -> EmbeddedPostgres.start())).jdbcUrl();
  }

  private static void migrate(Context ctx, String url) {
    ctx.run(c -> Flyway.configure().dataSource(url, null, null).load().migrate());
  }

  private HikariDataSource pool(String url) {
    var driver = new PGSimpleDataSource();
    driver.setUrl(url);
    var config = new HikariConfig();
    config.setDataSource(workForNobody.counting(driver));
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

  /** Where the service answers. */
  public URI address() {
    return host.address();
  }

  /** Where its payment service answers. */
  public URI paymentAddress() {
    return paymentHost.address();
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

  /** The orders that are yet to be undone. */
  public Undoing undoing() {
    return undoing;
  }

  /** What was done for customers who had gone. */
  public WorkForNobody workForNobody() {
    return workForNobody;
  }

  /** The embedded mail server; null where another one is used. */
  public @Nullable GreenMail mailServer() {
    return greenMail;
  }

  /**
   * Shuts down: no new requests; running ones get their grace, then are cancelled; mails that wait
   * are sent and failed orders undone as far as the grace goes. Then everything is closed.
   */
  public synchronized Shutdown shutdown() throws Exception {
    if (shutdown != null) {
      return shutdown;
    }
    requests.closing();
    host.refuseConnections();
    try (CancellableContext limit = Context.background().withTimeout(grace)) {
      if (!requests.awaitNone(grace)) {
        log.info("grace is over: cancelling {} requests", requests.running());
        running.cancel(new ShutdownException());
        requests.awaitNone(CANCEL_LIMIT);
      }
      drain(limit);
    }
    try (CancellableContext limit = root.withTimeout(CANCEL_LIMIT)) {
      shutdown =
          new Shutdown(
              requests.report(), mails.pending(limit), mails.failed(limit), undoing.left());
    } finally {
      closeOwned();
    }
    return shutdown;
  }

  private void drain(Context limit) throws InterruptedException {
    try {
      undoing.drain(limit);
      mails.drain(limit);
    } catch (SQLException | ContextEndedException e) {
      log.debug("mails or orders are left", e);
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
