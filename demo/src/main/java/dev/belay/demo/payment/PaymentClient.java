package dev.belay.demo.payment;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.SlowSteps;
import dev.belay.http.client.ContextHttpClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Charges customers. A charge is made once per key, however often it is asked for. */
public final class PaymentClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PaymentClient.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder()
          .executor(threads)
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ContextHttpClient client = ContextHttpClient.of(http);
  private final Supplier<URI> service;
  private final String secret;

  /**
   * A client of the service at {@code service}, which is asked for at each call.
   *
   * @param secret what the service knows its callers by
   */
  public PaymentClient(Supplier<URI> service, String secret) {
    this.service = service;
    this.secret = secret;
  }

  /** Charges {@code cents}. When {@code ctx} ends first, nobody knows yet whether it happened. */
  public void charge(Context ctx, UUID key, long cents)
      throws IOException, InterruptedException, PaymentException {
    long millis = SlowSteps.of(ctx, "charge").toMillis();
    String body = JSON.writeValueAsString(new Charge(key, cents));
    HttpRequest.Builder request =
        to("charges")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body));
    if (millis > 0) {
      request.header(SlowSteps.HEADER, "charge=" + Math.min(millis, 99_999) + "ms");
    }
    try {
      send(ctx, request.build());
    } catch (ContextEndedException e) {
      log.info("order {}: charge call closed: {}", key, e.getMessage());
      throw e;
    }
  }

  /** Takes a charge back, or sees to it that it is never made. */
  public void voidCharge(Context ctx, UUID key)
      throws IOException, InterruptedException, PaymentException {
    send(ctx, to("charges/" + key + "/void").POST(BodyPublishers.noBody()).build());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(service.get().resolve("/payments/" + path))
        .header("Authorization", "Bearer " + secret);
  }

  private void send(Context ctx, HttpRequest request)
      throws IOException, InterruptedException, PaymentException {
    HttpResponse<String> response = client.send(ctx, request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      ctx.throwIfDone();
      throw new PaymentException("the payment service answered " + response.statusCode());
    }
  }

  /** Closes the connections. */
  @Override
  public void close() {
    http.shutdownNow();
    http.close();
    threads.close();
  }
}
