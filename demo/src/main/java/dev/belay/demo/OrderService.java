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
import dev.belay.demo.web.Shop;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.lifecycle.InFlight;
import dev.belay.lifecycle.Lifecycle;
import dev.belay.lifecycle.ShutdownReport;
import dev.belay.otel.Tracing;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.time.Duration;
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
   * @param requests that were running
   * @param mails in the database
   * @param ordersToUndo that failed and could not be undone; the next start will
   */
  public record Shutdown(ShutdownReport requests, MailWorkers.Left mails, int ordersToUndo) {
    @Override
    public String toString() {
      return "%s; %d mails never started, %d refused for good; %d orders left to be undone"
          .formatted(requests, mails.waiting(), mails.failed(), ordersToUndo);
    }
  }

  private final Lifecycle life;
  private final WorkForNobody workForNobody;
  private final Telemetry telemetry;
  private final CancellableContext requestRoot;
  private final HikariDataSource pool;
  private final @Nullable GreenMail greenMail;
  private final MailWorkers mails;
  private final Undoing undoing;
  private final InFlight payments = new InFlight();
  private final HttpHost paymentHost;
  private final HttpHost host;

  @SuppressWarnings("UnnecessaryMethodReference") // the payments' host is closed last, not drained
  private OrderService(Context ctx, Settings settings) throws Exception {
    // Below the root, which outlives the grace: what a cancelled order has to undo hangs there.
    requestRoot = Context.root("orders-api");
    life = Lifecycle.open(requestRoot, settings.grace(), CANCEL_LIMIT);
    workForNobody = new WorkForNobody(settings.heeding());
    try {
      CancellableContext root = life.own("root", Context.root("order service"));
      telemetry =
          life.own("telemetry", Telemetry.start(settings.openTelemetry(), requestRoot, root));
      Tracing tracing = telemetry.tracing();
      String url = settings.postgres() == null ? embeddedDatabase(ctx) : settings.postgres();
      life.own("claim", DatabaseClaim.claim(root, url));
      migrate(ctx, url);
      pool = life.own("pool", pool(url, settings.openTelemetry()));
      greenMail = settings.smtp() == null ? embeddedMailServer() : null;
      var database = ContextDataSource.wrap(pool);
      mails = life.own("mails", mailWorkers(root, database, settings.smtp()));
      String secret = UUID.randomUUID().toString();
      var paying =
          Front.of(
              new Payments(new PaymentService(database), secret), settings.slowable(), tracing);
      // A server of its own: it must answer until the last order was finished or undone.
      paymentHost =
          HttpHost.start("payments-http", 0, root, telemetry.headers(), paying.endpoint(payments));
      life.own("payments", paymentHost::close);
      URI detour = settings.payments();
      var client =
          life.own(
              "payment client",
              new PaymentClient(
                  () -> detour == null ? paymentHost.address() : detour, secret, telemetry));
      var stock = new Stock(database);
      var orders = new OrderBook(database, telemetry.headers());
      undoing = life.own("undoing", new Undoing(root, stock, client));
      var taking = new OrderTaking(stock, client, orders, undoing, mails::wake, tracing);
      var shop =
          Front.of(
              new Shop(stock, orders, taking, telemetry::scrape), settings.slowable(), tracing);
      undoing.recover(ctx);
      var endpoint = workForNobody.around(shop.endpoint(life.work()));
      host =
          HttpHost.start(
              "orders-http", settings.port(), life.context(), telemetry.headers(), endpoint);
      life.own("orders", host);
      life.markReady();
    } catch (Exception e) {
      life.close();
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

  private String embeddedDatabase(Context ctx) throws Exception {
    log.info("starting PostgreSQL (the first start on a machine takes some seconds)");
    return life.own("PostgreSQL", ctx.callInterruptibly(c -> EmbeddedPostgres.start())).jdbcUrl();
  }

  private static void migrate(Context ctx, String url) {
    ctx.run(c -> Flyway.configure().dataSource(url, null, null).load().migrate());
  }

  private HikariDataSource pool(String url, OpenTelemetry openTelemetry) {
    var driver = new PGSimpleDataSource();
    driver.setUrl(url);
    var config = new HikariConfig();
    config.setDataSource(StatementSpans.around(workForNobody.counting(driver), openTelemetry));
    config.setMaximumPoolSize(POOL_SIZE);
    // The contexts bound the wait; this only bounds what has none.
    config.setConnectionTimeout(120_000);
    config.setPoolName("orders");
    return new HikariDataSource(config);
  }

  private GreenMail embeddedMailServer() {
    var server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    server.start();
    life.own("mail server", server::stop);
    return server;
  }

  private MailWorkers mailWorkers(Context root, ContextDataSource database, @Nullable String smtp) {
    if (smtp == null) {
      GreenMail server = Objects.requireNonNull(greenMail);
      return new MailWorkers(root, database, "127.0.0.1", server.getSmtp().getPort(), telemetry);
    }
    int colon = smtp.lastIndexOf(':');
    return new MailWorkers(
        root,
        database,
        smtp.substring(0, colon),
        Integer.parseInt(smtp.substring(colon + 1)),
        telemetry);
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
    String ours = life.context().toString();
    return TreeInspector.live(requestRoot).stream()
        .filter(live -> !live.context().toString().equals(ours))
        .toList();
  }

  /** The requests being answered. */
  public InFlight requests() {
    return life.work();
  }

  /** The requests that the payment service is answering. */
  public InFlight payments() {
    return payments;
  }

  /** Waits until no request is being answered; whether that is so within {@code limit}. */
  public boolean awaitAnswered(Duration limit) throws InterruptedException {
    try (CancellableContext end = Context.background().withTimeout(limit)) {
      return life.work().awaitNone(end) && payments.awaitNone(end);
    }
  }

  /** What the service shows of its work. */
  Telemetry telemetry() {
    return telemetry;
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
  public Shutdown shutdown() throws InterruptedException {
    ShutdownReport report = life.shutdown();
    return new Shutdown(report, mails.left(), undoing.left());
  }

  /** {@link #shutdown()}. */
  @Override
  public void close() {
    life.close();
  }
}
