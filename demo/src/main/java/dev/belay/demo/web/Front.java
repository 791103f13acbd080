package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.Printable;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.order.KeyReusedException;
import dev.belay.demo.order.OrderFailedException;
import dev.belay.demo.order.OutOfStockException;
import dev.belay.demo.payment.PaymentException;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureStatus;
import dev.belay.jetty.ContextEndpoint;
import dev.belay.lifecycle.InFlight;
import dev.belay.lifecycle.ShutdownException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.OptionalInt;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
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

  /** This front, whose requests are {@code work}; it refuses them when that is over. */
  public ContextEndpoint counted(InFlight work) {
    return (ctx, request, response) -> {
      try {
        work.run(ctx, c -> handle(c, request, response));
      } catch (ShutdownException e) {
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        new Failure("shutting down; nothing was done", Failure.newId()).answer(response, 503);
      }
    };
  }

  @Override
  public void handle(Context ctx, Request request, Response response) throws Exception {
    String id = Failure.newId();
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
          new Failure("this path takes " + allowed + " only", id).answer(response, 405);
        }
        return endpoint;
      }
    }
    new Failure("no such path; try POST /orders, GET /orders/{id}, GET /products, GET /healthz", id)
        .answer(response, 404);
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

  private static void answer(Context ctx, Response response, Exception thrown, String id)
      throws Exception {
    Throwable failure =
        thrown instanceof OrderFailedException order && order.getCause() != null
            ? order.getCause()
            : thrown;
    OptionalInt known = status(ctx, failure);
    if (known.isEmpty() || response.isCommitted()) {
      throw thrown; // nobody reads an answer
    }
    int status = known.getAsInt();
    if (status == 500) {
      log.warn("request {}: failed", id, failure);
    } else if (status > 500) {
      log.info("request {}: {}", id, Printable.of(failure));
    }
    if (status == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    new Failure(text(failure, status) + remains(thrown, status), id).answer(response, status);
  }

  private static OptionalInt status(Context ctx, Throwable failure) {
    return switch (failure) {
      case UnauthorizedException unused -> OptionalInt.of(401);
      case NotFoundException unused -> OptionalInt.of(404);
      case OutOfStockException unused -> OptionalInt.of(409);
      case KeyReusedException unused -> OptionalInt.of(422);
      case BodyTooLargeException unused -> OptionalInt.of(413);
      case HttpException unreadable -> OptionalInt.of(unreadable.getCode());
      case PaymentException payment -> unlessEnded(ctx, payment.status());
      case SQLException sql when isOut(sql) -> unlessEnded(ctx, 503);
      default -> FailureStatus.of(ctx, failure);
    };
  }

  /** The end of the request counts for more than what failed meanwhile. */
  private static OptionalInt unlessEnded(Context ctx, int status) {
    try {
      ctx.throwIfDone();
      return OptionalInt.of(status);
    } catch (ContextEndedException e) {
      return FailureStatus.of(ctx, e);
    }
  }

  /**
   * Whether the database could not be reached, broke the connection, or lacks what it needs: a full
   * disk, memory, connections.
   */
  private static boolean isOut(SQLException failure) {
    String state = failure.getSQLState();
    return failure instanceof SQLTransientConnectionException
        || (state != null
            && (state.startsWith("08") || state.startsWith("53") || state.startsWith("57P")));
  }

  /** What the client is told: nothing of our inside. */
  private static String text(Throwable failure, int status) {
    return switch (status) {
      case 408 -> FailureStatus.text(status, failure);
      case 500 -> "something went wrong here; the id finds it in our log";
      case 502 -> "the payment service did not answer as it should";
      case 503 ->
          switch (failure) {
            case SQLException sql when isOut(sql) -> "the database cannot do it now; try again";
            case PaymentException unused -> "the payment service does not take orders; try again";
            default -> "shutting down before the order was confirmed";
          };
      case 504 -> "time was up before the order was confirmed";
      default ->
          failure instanceof HttpException unreadable
              ? "the body cannot be read: " + unreadable.getReason()
              : String.valueOf(failure.getMessage());
    };
  }

  /** What became of an order that the server failed to take; it says nothing where it had none. */
  private static String remains(Throwable thrown, int status) {
    if (status < 500 || !(thrown instanceof OrderFailedException order)) {
      return "";
    }
    return switch (order.remains()) {
      case NOTHING -> "; nothing of it is left";
      case TO_BE_UNDONE -> "; what was begun of it is being undone";
      case THE_ORDER -> "; the order was taken all the same";
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
