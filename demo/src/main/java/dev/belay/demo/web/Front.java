package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.order.KeyReusedException;
import dev.belay.demo.order.OrderFailedException;
import dev.belay.demo.order.OutOfStockException;
import dev.belay.demo.payment.PaymentException;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.ProblemDetails;
import dev.belay.http.server.middleware.AccessLog;
import dev.belay.http.server.middleware.BodyLimit;
import dev.belay.http.server.middleware.Recover;
import dev.belay.http.server.middleware.RequestId;
import dev.belay.jetty.JettyMessages;
import dev.belay.lifecycle.InFlight;
import dev.belay.otel.Tracing;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.OptionalInt;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds what answers a request, and says what went wrong. */
public final class Front {
  private static final Logger log = LoggerFactory.getLogger(Front.class);
  private static final System.Logger ACCESS = System.getLogger("dev.belay.access");

  /** More than any order needs. */
  private static final int LONGEST_BODY = 64 * 1024;

  private final List<Route> routes;
  private final boolean slowable;

  private final Tracing tracing;

  private Front(List<Route> routes, boolean slowable, Tracing tracing) {
    this.routes = routes;
    this.slowable = slowable;
    this.tracing = tracing;
  }

  /**
   * The shop's front.
   *
   * @param slowable whether a request may slow its steps down
   * @param tracing makes each request's span
   */
  public static Front of(Shop shop, boolean slowable, Tracing tracing) {
    return new Front(shop.routes(), slowable, tracing);
  }

  /** The payment service's front. */
  public static Front of(Payments payments, boolean slowable, Tracing tracing) {
    return new Front(payments.routes(), slowable, tracing);
  }

  /**
   * What a host runs: this front, whose requests are {@code work}, have a span and an id, are
   * logged and, when they fail, answered with a problem.
   */
  public Endpoint<Request, Response> endpoint(InFlight work) {
    JettyMessages jetty = JettyMessages.INSTANCE;
    Endpoint<Request, Response> bounded = BodyLimit.around(jetty, LONGEST_BODY, this::handle);
    Endpoint<Request, Response> answered = Recover.around(jetty, Front::problem, bounded);
    Endpoint<Request, Response> logged = AccessLog.around(jetty, ACCESS, answered);
    Endpoint<Request, Response> numbered = RequestId.around(jetty, logged);
    Endpoint<Request, Response> traced = tracing.around(jetty, numbered);
    return (ctx, request, response) -> work.run(ctx, c -> traced.handle(c, request, response));
  }

  private void handle(Context ctx, Request request, Response response) throws Exception {
    var gone =
        ctx.onDone(
            () -> {
              if (ctx.cause() instanceof ClientGoneException) {
                log.info("request {}: client gone: {}", ctx.get(RequestId.KEY), ctx);
              }
            });
    try {
      find(request, response).handle(slowed(ctx, request), request, response);
    } finally {
      gone.stop();
    }
  }

  private Endpoint<Request, Response> find(Request request, Response response) {
    String path = request.getHttpURI().getCanonicalPath();
    for (Route route : routes) {
      if (route.path().matcher(path).matches()) {
        Endpoint<Request, Response> endpoint = route.methods().get(request.getMethod());
        if (endpoint == null) {
          String allowed = String.join(", ", route.methods().keySet());
          response.getHeaders().put(HttpHeader.ALLOW, allowed);
          throw new RefusedException(405, "this path takes " + allowed + " only");
        }
        return endpoint;
      }
    }
    throw new RefusedException(
        404, "no such path; try POST /orders, GET /orders/{id}, GET /products, GET /healthz");
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
  static void requireBearer(Request request, Response response, String token) {
    String sent = request.getHeaders().get(HttpHeader.AUTHORIZATION);
    byte[] expected = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    // In constant time: how far a guess was right must not show.
    if (sent == null || !MessageDigest.isEqual(expected, sent.getBytes(StandardCharsets.UTF_8))) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
      throw new RefusedException(401, "send a session: Authorization: Bearer demo");
    }
  }

  // ---- failures

  private static @Nullable ProblemDetails problem(Context ctx, Throwable thrown) {
    Throwable failure =
        thrown instanceof OrderFailedException order && order.getCause() != null
            ? order.getCause()
            : thrown;
    OptionalInt known = status(ctx, failure);
    if (known.isEmpty()) {
      return null;
    }
    int status = known.getAsInt();
    return new ProblemDetails(status, text(failure, status) + remains(thrown, status), null);
  }

  private static OptionalInt status(Context ctx, Throwable failure) {
    return switch (failure) {
      case RefusedException refused -> OptionalInt.of(refused.status);
      case OutOfStockException unused -> OptionalInt.of(409);
      case KeyReusedException unused -> OptionalInt.of(422);
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
      case 408, 413 -> FailureStatus.text(status, failure);
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

  /** Thrown when a request is refused before anything is done for it. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;

    /**
     * A refusal.
     *
     * @param message for the client
     */
    RefusedException(int status, String message) {
      super(message);
      this.status = status;
    }
  }
}
