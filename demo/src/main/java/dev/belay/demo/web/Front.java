package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.order.OutOfStockException;
import dev.belay.demo.payment.PaymentException;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureStatus;
import dev.belay.jetty.ContextEndpoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what answers a request, and says what went wrong. */
public final class Front implements ContextEndpoint {
  private static final Logger log = LoggerFactory.getLogger(Front.class);

  private final List<Route> routes;
  private final boolean slowable;

  private Front(List<Route> routes, boolean slowable) {
    this.routes = routes;
    this.slowable = slowable;
  }

  /**
   * The shop's front.
   *
   * @param slowable whether a request may slow its steps down
   */
  public static Front of(Shop shop, boolean slowable) {
    return new Front(shop.routes(), slowable);
  }

  /** The payment service's front. */
  public static Front of(Payments payments, boolean slowable) {
    return new Front(payments.routes(), slowable);
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

  /** Refuses a request that does not bear {@code token}. */
  static void requireBearer(Request request, String token) {
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
      case 503 -> "shutting down before the order was confirmed";
      case 504 -> "time was up before the order was confirmed";
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
  static final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotFoundException(String message) {
      super(message);
    }
  }
}
