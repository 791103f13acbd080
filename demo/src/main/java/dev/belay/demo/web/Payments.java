package dev.belay.demo.web;

import dev.belay.Context;
import dev.belay.demo.payment.Charge;
import dev.belay.demo.payment.PaymentService;
import dev.belay.http.server.BadRequestException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** What the shop can ask of the payment service. */
public final class Payments {
  private final PaymentService payments;
  private final String paymentSecret;

  /**
   * Payments by {@code payments}.
   *
   * @param paymentSecret what the service knows its callers by
   */
  public Payments(PaymentService payments, String paymentSecret) {
    this.payments = payments;
    this.paymentSecret = paymentSecret;
  }

  List<Route> routes() {
    return List.of(
        Route.of("/payments/charges", Map.of("POST", this::charge)),
        Route.of("/payments/charges/([0-9a-f-]{36})/void", Map.of("POST", this::voidCharge)));
  }

  private void charge(Context ctx, Request request, Response response) throws Exception {
    Front.requireBearer(request, response, paymentSecret);
    boolean captured = payments.capture(ctx, Json.read(request, Charge.class));
    Json.write(
        response,
        captured ? 200 : 409,
        Map.of("status", captured ? "captured" : "voided before it was captured"));
  }

  private void voidCharge(Context ctx, Request request, Response response) throws Exception {
    Front.requireBearer(request, response, paymentSecret);
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
}
