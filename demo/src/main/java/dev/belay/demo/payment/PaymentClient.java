package dev.belay.demo.payment;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.Printable;
import dev.belay.demo.SlowSteps;
import dev.belay.demo.Telemetry;
import dev.belay.http.client.ContextHttpClient;
import dev.belay.otel.Tracing;
import io.opentelemetry.api.trace.SpanKind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Charges customers. A charge is made once per key, however often it is asked for. */
public final class PaymentClient implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PaymentClient.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_ANSWER = 4096;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient http =
      HttpClient.newBuilder()
          .executor(threads)
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final ContextHttpClient client;
  private final Tracing tracing;
  private final Supplier<URI> service;
  private final String secret;

  /**
   * A client of the service at {@code service}, which is asked for at each call.
   *
   * @param secret what the service knows its callers by
   * @param telemetry makes a span of each request, and the headers that carry it
   */
  public PaymentClient(Supplier<URI> service, String secret, Telemetry telemetry) {
    this.client = ContextHttpClient.of(http).withHeaders(telemetry.headers());
    this.tracing = telemetry.tracing().withKind(SpanKind.CLIENT);
    this.service = service;
    this.secret = secret;
  }

  /** Charges {@code cents}. When {@code ctx} ends first, nobody knows yet whether it happened. */
  public void charge(Context ctx, UUID key, long cents)
      throws InterruptedException, PaymentException {
    long millis = SlowSteps.of(ctx, "charge").toMillis();
    HttpRequest.Builder request =
        to("charges")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json(new Charge(key, cents))));
    if (millis > 0) {
      request.header(SlowSteps.HEADER, "charge=" + Math.min(millis, 99_999) + "ms");
    }
    try {
      send(ctx, request.build(), "captured");
    } catch (ContextEndedException e) {
      log.info("order {}: charge call closed: {}", key, e.getMessage());
      throw e;
    }
  }

  /** Takes a charge back, or sees to it that it is never made. */
  public void voidCharge(Context ctx, UUID key) throws InterruptedException, PaymentException {
    send(ctx, to("charges/" + key + "/void").POST(BodyPublishers.noBody()).build(), "voided");
  }

  private static String json(Charge charge) {
    try {
      return JSON.writeValueAsString(charge);
    } catch (JacksonException e) {
      throw new AssertionError("a charge can be written", e);
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(service.get().resolve("/payments/" + path))
        .header("Authorization", "Bearer " + secret);
  }

  /** Believes nothing but a status of 200 together with the words that stand for success. */
  private void send(Context ctx, HttpRequest request, String success)
      throws InterruptedException, PaymentException {
    Answer answer;
    try {
      answer = ask(ctx, request);
    } catch (IOException e) {
      ctx.throwIfDone(e);
      throw new PaymentException(502, "no answer of the payment service: " + Printable.of(e));
    }
    int status = answer.status;
    if (status == 503 || status == 504) {
      // Its deadline is ours, which we have sent; it may be a moment ahead.
      throw new PaymentException(status, "the payment service answered " + status);
    }
    if (status != 200 || !success.equals(word(answer.body))) {
      ctx.throwIfDone();
      throw new PaymentException(
          502,
          "the payment service answered %d, but not \"%s\": %s"
              .formatted(status, success, Printable.of(new String(answer.body, UTF_8))));
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Answer(int status, byte[] body) {}

  /**
   * Asks a second time when there was no answer: the service may close a connection that has long
   * been idle just when we use it. The key sees to it that nothing is done twice.
   */
  private Answer ask(Context ctx, HttpRequest request) throws IOException, InterruptedException {
    try {
      return traced(ctx, request);
    } catch (IOException e) {
      ctx.throwIfDone(e);
      try {
        return traced(ctx, request);
      } catch (IOException again) {
        again.addSuppressed(e);
        throw again;
      }
    }
  }

  private Answer traced(Context ctx, HttpRequest request) throws IOException, InterruptedException {
    try {
      return tracing.<Answer, Exception>call(ctx, "POST payments", c -> answer(c, request));
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("nothing else is thrown", e);
    }
  }

  private Answer answer(Context ctx, HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> response = client.open(ctx, request);
    try (InputStream in = response.body()) {
      return new Answer(response.statusCode(), in.readNBytes(LONGEST_ANSWER + 1));
    }
  }

  /** The answer's status; null if it is nothing of the kind. */
  private static @Nullable String word(byte[] body) {
    if (body.length > LONGEST_ANSWER) {
      return null;
    }
    try {
      JsonNode status = JSON.readTree(body).get("status");
      return status == null ? null : status.textValue();
    } catch (IOException e) {
      return null;
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
