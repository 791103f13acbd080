package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.order.NewOrder;
import dev.belay.demo.order.Order;
import dev.belay.demo.order.OrderBook;
import dev.belay.demo.order.OrderTaking;
import dev.belay.demo.order.OutOfStockException;
import dev.belay.demo.order.Stock;
import dev.belay.demo.payment.Charge;
import dev.belay.demo.payment.PaymentException;
import dev.belay.demo.payment.PaymentService;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureStatus;
import dev.belay.jetty.ContextEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shop's front: finds what answers a request, and says what went wrong. */
public final class Shop implements ContextEndpoint {
  private static final Logger log = LoggerFactory.getLogger(Shop.class);

  /** The one session there is. */
  private static final String SESSION = "demo";

  private static final int MOST_PRODUCTS = 1000;

  private final Stock stock;
  private final OrderBook orders;
  private final OrderTaking taking;
  private final PaymentService payments;
  private final String paymentSecret;
  private final boolean slowable;
  private final List<Route> routes =
      List.of(
          Route.of("/healthz", Map.of("GET", this::health)),
          Route.of("/products", Map.of("GET", this::products)),
          Route.of("/orders", Map.of("POST", this::takeOrder)),
          Route.of("/orders/([0-9]{1,18})", Map.of("GET", this::order)),
          Route.of("/payments/charges", Map.of("POST", this::charge)),
          Route.of("/payments/charges/([0-9a-f-]{36})/void", Map.of("POST", this::voidCharge)));

  /**
   * A front for these parts.
   *
   * @param paymentSecret what the payment service knows its callers by
   * @param slowable whether a request may slow its steps down
   */
  public Shop(
      Stock stock,
      OrderBook orders,
      OrderTaking taking,
      PaymentService payments,
      String paymentSecret,
      boolean slowable) {
    this.stock = stock;
    this.orders = orders;
    this.taking = taking;
    this.payments = payments;
    this.paymentSecret = paymentSecret;
    this.slowable = slowable;
  }

  @Override
  public void handle(Context ctx, Request request, Response response) throws Exception {
    String id = UUID.randomUUID().toString().substring(0, 8);
    var gone =
        ctx.onDone(
            () -> {
              if (ctx.cause() instanceof ClientGoneException) {
                log.info("request {}: client gone: {}", id, ctx);
              }
            });
    try {
      ContextEndpoint endpoint = find(request, response, id);
      if (endpoint != null) {
        endpoint.handle(slowed(ctx, request), request, response);
      }
    } catch (Exception e) {
      answer(ctx, response, e, id);
    } finally {
      gone.stop();
    }
  }

  // ---- routes

  private @Nullable ContextEndpoint find(Request request, Response response, String id)
      throws IOException {
    String path = request.getHttpURI().getCanonicalPath();
    for (Route route : routes) {
      if (route.path().matcher(path).matches()) {
        ContextEndpoint endpoint = route.methods().get(request.getMethod());
        if (endpoint == null) {
          String allowed = String.join(", ", route.methods().keySet());
          response.getHeaders().put(HttpHeader.ALLOW, allowed);
          Json.write(response, 405, new Failure("this path takes " + allowed + " only", id));
        }
        return endpoint;
      }
    }
    Json.write(
        response,
        404,
        new Failure(
            "no such path; try POST /orders, GET /orders/{id}, GET /products, GET /healthz", id));
    return null;
  }

  private Context slowed(Context ctx, Request request) {
    String slow = request.getHeaders().get(SlowSteps.HEADER);
    if (slow == null || !slowable) {
      return ctx;
    }
    try {
      return SlowSteps.parse(slow).into(ctx);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(String.valueOf(e.getMessage()));
    }
  }

  private void health(Context ctx, Request request, Response response) throws IOException {
    Json.write(response, 200, Map.of("status", "up"));
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
    requireSession(ctx, request);
    Order order = taking.take(ctx, Json.read(request, NewOrder.class));
    response.getHeaders().put(HttpHeader.LOCATION, "/orders/" + order.id());
    Json.write(response, 201, order);
    log.info("order {}: taken", order.id());
  }

  private void order(Context ctx, Request request, Response response) throws Exception {
    requireSession(ctx, request);
    String path = request.getHttpURI().getCanonicalPath();
    long number = Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    Optional<Order> found = orders.find(ctx, number);
    if (found.isEmpty()) {
      throw new NotFoundException("there is no order " + number);
    }
    Json.write(response, 200, found.get());
  }

  private void charge(Context ctx, Request request, Response response) throws Exception {
    requireBearer(request, paymentSecret);
    boolean captured = payments.capture(ctx, Json.read(request, Charge.class));
    Json.write(
        response,
        captured ? 200 : 409,
        Map.of("status", captured ? "captured" : "voided before it was captured"));
  }

  private void voidCharge(Context ctx, Request request, Response response) throws Exception {
    requireBearer(request, paymentSecret);
    payments.voidCharge(ctx, key(request));
    Json.write(response, 200, Map.of("status", "voided"));
  }

  private static UUID key(Request request) {
    try {
      return UUID.fromString(request.getHttpURI().getCanonicalPath().split("/", -1)[3]);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException("the key of a charge is a UUID");
    }
  }

  // ---- sessions

  private static void requireSession(Context ctx, Request request) throws InterruptedException {
    Duration slow = SlowSteps.of(ctx, "session");
    if (!slow.isZero()) {
      ctx.sleep(slow);
    }
    requireBearer(request, SESSION);
  }

  private static void requireBearer(Request request, String token) {
    String sent = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    // In constant time: how far a guess was right must not show.
    if (sent == null || !MessageDigest.isEqual(expected, sent.getBytes(StandardCharsets.UTF_8))) {
      throw new UnauthorizedException();
    }
  }

  // ---- failures

  private static void answer(Context ctx, Response response, Exception failure, String id)
      throws Exception {
    OptionalInt status = status(ctx, failure);
    if (status.isEmpty() || response.isCommitted()) {
      throw failure; // nobody reads an answer
    }
    if (status.getAsInt() == 500 || status.getAsInt() == 502) {
      log.warn("request {}: failed", id, failure);
    } else if (status.getAsInt() > 500) {
      log.info("request {}: {}: {}", id, status.getAsInt(), failure.getMessage());
    }
    if (status.getAsInt() == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    Json.write(response, status.getAsInt(), new Failure(text(failure, status.getAsInt()), id));
  }

  private static OptionalInt status(Context ctx, Exception failure) {
    return switch (failure) {
      case UnauthorizedException unused -> OptionalInt.of(401);
      case NotFoundException unused -> OptionalInt.of(404);
      case OutOfStockException unused -> OptionalInt.of(409);
      case BodyTooLargeException unused -> OptionalInt.of(413);
      case PaymentException unused when !ctx.isDone() -> OptionalInt.of(502);
      default -> FailureStatus.of(ctx, failure);
    };
  }

  /** What the client is told: nothing of our inside. */
  private static String text(Exception failure, int status) {
    return switch (status) {
      case 500 -> "something went wrong here; the id finds it in our log";
      case 502 -> "the payment service did not answer as it should";
      case 503 -> "shutting down; nothing was done";
      case 504 -> "time was up; nothing was done";
      default ->
          failure instanceof ContextEndedException ? "ended" : String.valueOf(failure.getMessage());
    };
  }

  /** Thrown when a session is needed and there is none. */
  private static final class UnauthorizedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnauthorizedException() {
      super("send a session: Authorization: Bearer demo");
    }
  }

  /** Thrown when what was asked for does not exist. */
  private static final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFoundException(String message) {
      super(message);
    }
  }
}
