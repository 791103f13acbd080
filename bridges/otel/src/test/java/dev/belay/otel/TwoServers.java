package dev.belay.otel;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.group.TaskGroup;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.wire.WireHeaders;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jetty.ContextHandler;
import dev.belay.jetty.ContextHttpConnectionFactory;
import dev.belay.jetty.JettyMessages;
import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.spi.HelperThread;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * A customer, a server A that asks a server B, and a database that B asks: each traced. As a
 * program of its own it is traced by the agent that its JVM was started with.
 */
final class TwoServers implements AutoCloseable {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Tracing tracing;
  private final io.opentelemetry.api.trace.Tracer plain;
  private final WireHeaders headers;
  private final ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient jdk = HttpClient.newBuilder().executor(virtual).build();
  private final ContextHttpClient client;
  private final CancellableContext root = Context.root("two servers");
  private final HikariDataSource pool = new HikariDataSource();
  private final ContextDataSource database;
  private final Server a;
  private final Server b;

  /**
   * Starts them; the caller closes them.
   *
   * @param traced puts the database's spans in, where no agent does
   */
  TwoServers(EmbeddedPostgres postgres, OpenTelemetry otel, UnaryOperator<DataSource> traced)
      throws Exception {
    SpanCarrier.install();
    tracing = Tracing.of(otel);
    plain = otel.getTracer("plain");
    headers = WireHeaders.DEFAULT.with(tracing.fields());
    client = ContextHttpClient.of(jdk).withHeaders(headers);
    pool.setJdbcUrl(postgres.jdbcUrl());
    pool.setMaximumPoolSize(2);
    database = ContextDataSource.wrap(traced.apply(pool));
    a = server(this::serveA);
    b = server(this::serveB);
  }

  private Server server(Endpoint<Request, Response> endpoint) throws Exception {
    var threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(virtual);
    var server = new Server(threads);
    var connector =
        new ServerConnector(server, new ContextHttpConnectionFactory(new HttpConfiguration()));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    var contexts = new RequestContexts(MINUTE, headers);
    var answered = tracing.around(JettyMessages.INSTANCE, endpoint);
    server.setHandler(new ContextHandler(root, contexts, answered));
    server.start();
    return server;
  }

  private String get(Context ctx, Server server, String path)
      throws IOException, InterruptedException {
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client.send(ctx, HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  // ---- the servers

  private void serveA(Context ctx, Request request, Response response) throws Exception {
    String path = request.getHttpURI().getPath();
    if (path.equals("/fork")) {
      try (TaskGroup<String, List<String>, Exception> group = TaskGroup.open(ctx)) {
        group.fork("ask", c -> get(c, b, path));
        answer(response, group.join().getFirst());
      }
    } else {
      Tracing asking = tracing.withKind(SpanKind.CLIENT);
      answer(response, asking.<String, Exception>call(ctx, "ask B", c -> get(c, b, path)));
    }
  }

  private void serveB(Context ctx, Request request, Response response) throws Exception {
    String sql =
        request.getHttpURI().getPath().equals("/sleep") ? "select pg_sleep(60)" : "select 7";
    answer(response, tracing.<String, Exception>call(ctx, "query", c -> query(c, sql)));
  }

  private static void answer(Response response, String text) throws IOException {
    Content.Sink.write(response, true, StandardCharsets.UTF_8.encode(text));
  }

  private String query(Context ctx, String sql) throws SQLException {
    try (var connection = database.connection(ctx);
        var select = connection.prepareStatement(sql);
        var row = select.executeQuery()) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  // ---- the customers

  /** One customer, who asks from everywhere. */
  void serve() throws Exception {
    tracing.<Exception>run(
        root,
        "customer",
        customer -> {
          tracing.<Exception>run(customer, "direct", c -> get(c, a, "/direct"));
          tracing.<Exception>run(customer, "fork", c -> get(c, a, "/fork"));
          tracing.<Exception>run(customer, "places", this::visit);
        });
  }

  private void plainSpan(String name) {
    plain.spanBuilder(name).startSpan().end();
  }

  private void visit(Context ctx) throws Exception {
    try (TaskGroup<Void, List<Void>, Exception> group = TaskGroup.open(ctx)) {
      group.fork("fork", c -> made("in a fork"));
      group.join();
    }
    var reacted = new CompletableFuture<Void>();
    CancellableContext child = ctx.withCancel();
    child.onDone(() -> reacted.complete(made("in a reaction")));
    Thread.ofPlatform().start(child::cancel).join();
    reacted.join();
    HelperThread.start("helper", () -> plainSpan("in a helper")).join();
    try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
      threads.submit(ctx.wrap(() -> plainSpan("in a pool"))).get();
    }
    virtual.submit(ctx.wrap(() -> plainSpan("in a virtual thread"))).get();
    Thread.startVirtualThread(ctx.wrap(() -> plainSpan("in a started thread"))).join();
    ctx.runShielded(MINUTE, c -> plainSpan("in a shield"));
    ctx.runInterruptibly(c -> plainSpan("interruptibly"));
    Thread.ofPlatform().start(() -> tracing.run(ctx, "by hand", c -> plainSpan("below"))).join();
  }

  private Void made(String name) {
    plainSpan(name);
    return null;
  }

  /** One customer, who leaves while the database works. */
  void leave() throws Exception {
    CancellableContext ctx = root.withCancel();
    Thread leaving = Thread.ofVirtual().start(() -> leaveWhenTheDatabaseWorks(ctx));
    try {
      tracing.<Exception>run(ctx, "impatient", c -> get(c, a, "/sleep"));
    } catch (ContextEndedException e) {
      leaving.join();
      return;
    }
    throw new AssertionError("was not left");
  }

  private void leaveWhenTheDatabaseWorks(CancellableContext ctx) {
    tracing.run(
        root,
        "watch",
        c -> {
          try (var connection = pool.getConnection();
              var count =
                  connection.prepareStatement(
                      "select 1 from pg_stat_activity"
                          + " where query like 'select pg_sleep%' and state = 'active'")) {
            while (true) {
              try (var row = count.executeQuery()) {
                if (row.next()) {
                  break;
                }
              }
              c.sleep(Duration.ofMillis(10));
            }
          } catch (SQLException | InterruptedException e) {
            throw new AssertionError(e);
          } finally {
            ctx.cancel();
          }
        });
  }

  @Override
  public void close() throws Exception {
    a.stop();
    b.stop();
    pool.close();
    jdk.close();
    virtual.close();
    root.close();
  }

  /** With the agent. */
  public static void main(String[] args) throws Exception {
    try (var postgres = EmbeddedPostgres.start();
        var servers =
            new TwoServers(postgres, GlobalOpenTelemetry.get(), UnaryOperator.identity())) {
      servers.serve();
      servers.leave();
    }
  }
}
