package dev.belay.demo.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.belay.Context;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.order.NewOrder;
import dev.belay.demo.order.Order;
import dev.belay.demo.order.OrderBook;
import dev.belay.demo.order.OrderTaking;
import dev.belay.demo.order.Stock;
import dev.belay.http.server.BadRequestException;
import dev.belay.jetty.JettyMessages;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What customers can ask for. */
public final class Shop {
  private static final Logger log = LoggerFactory.getLogger(Shop.class);

  /** The one session there is. */
  private static final String SESSION = "demo";

  private static final int MOST_PRODUCTS = 1000;

  private final Stock stock;
  private final OrderBook orders;
  private final OrderTaking taking;
  private final Supplier<String> meters;

  /**
   * A shop of these parts.
   *
   * @param meters gives them as Prometheus reads them
   */
  public Shop(Stock stock, OrderBook orders, OrderTaking taking, Supplier<String> meters) {
    this.stock = stock;
    this.orders = orders;
    this.taking = taking;
    this.meters = meters;
  }

  List<Route> routes() {
    return List.of(
        Route.of("/healthz", Map.of("GET", this::health)),
        Route.of("/metrics", Map.of("GET", this::metrics)),
        Route.of("/products", Map.of("GET", this::products)),
        Route.of("/orders", Map.of("POST", this::takeOrder)),
        Route.of("/orders/([0-9]{1,18})", Map.of("GET", this::order)));
  }

  private void health(Context ctx, Request request, Response response) throws IOException {
    Json.write(response, 200, Map.of("status", "up"));
  }

  private void metrics(Context ctx, Request request, Response response) throws IOException {
    byte[] text = meters.get().getBytes(UTF_8);
    JettyMessages.INSTANCE.answer(response, 200, "text/plain; version=0.0.4; charset=utf-8", text);
  }

  private void products(Context ctx, Request request, Response response) throws Exception {
    Json.write(response, 200, stock.products(ctx, limit(request)));
  }

  private static int limit(Request request) {
    String limit = Request.extractQueryParameters(request).getValue("limit");
    if (limit == null) {
      return 20;
    }
    if (!limit.matches("[0-9]{1,4}")
        || Integer.parseInt(limit) < 1
        || Integer.parseInt(limit) > MOST_PRODUCTS) {
      throw new BadRequestException("limit must be a whole number from 1 to " + MOST_PRODUCTS);
    }
    return Integer.parseInt(limit);
  }

  private void takeOrder(Context ctx, Request request, Response response) throws Exception {
    requireSession(ctx, request, response);
    String idempotencyKey = request.getHeaders().get("Idempotency-Key");
    Order order = taking.take(ctx, Json.read(request, NewOrder.class), idempotencyKey);
    response.getHeaders().put(HttpHeader.LOCATION, "/orders/" + order.id());
    Json.write(response, 201, order);
    log.info("order {}: taken", order.id());
  }

  private void order(Context ctx, Request request, Response response) throws Exception {
    requireSession(ctx, request, response);
    String path = request.getHttpURI().getCanonicalPath();
    long number = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    Optional<Order> found = orders.find(ctx, number);
    if (found.isEmpty()) {
      throw new Front.RefusedException(404, "there is no order " + number);
    }
    Json.write(response, 200, found.get());
  }

  private static void requireSession(Context ctx, Request request, Response response)
      throws InterruptedException {
    Duration slow = SlowSteps.of(ctx, "session");
    if (!slow.isZero()) {
      ctx.sleep(slow);
    }
    Front.requireBearer(request, response, SESSION);
  }
}
