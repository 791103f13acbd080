package dev.belay.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Status;
import dev.belay.http.wire.RemainingTimeHeader;
import dev.belay.http.wire.RemainingTimeHeader.Form;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.ValueHeader;
import dev.belay.http.wire.WireHeaders;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestContextsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private static @Nullable String nothing(String header) {
    return null;
  }

  private final CancellableContext server = Context.root("server");

  @AfterEach
  void shutDown() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "60, 30000, 30",
    "60, 90000, 60",
    "60, 30S, 30",
    "60, nonsense, 60",
    "60, , 60",
    ", 30000, 30"
  })
  void theShorterLimitCounts(@Nullable Long limit, @Nullable String remaining, long seconds) {
    var contexts = new RequestContexts(limit == null ? null : Duration.ofSeconds(limit));
    try (var ctx = contexts.open(server, "GET /", name -> remaining)) {
      assertThat(Duration.ofNanos(ctx.remainingNanos()))
          .isGreaterThan(Duration.ofSeconds(seconds).minusSeconds(20))
          .isLessThanOrEqualTo(Duration.ofSeconds(seconds));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, , the server's limit of PT0S has passed",
    "60, 0, the client's remaining time of PT0S has passed"
  })
  void theCauseSaysWhoseLimitHasPassed(long limit, @Nullable String remaining, String message) {
    var contexts = new RequestContexts(Duration.ofSeconds(limit));
    try (var ctx = contexts.open(server, "GET /", name -> remaining)) {
      assertThat(ctx.cause()).isInstanceOf(HandlerDeadlineException.class).hasMessage(message);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "grpc-timeout, 10S, 10",
    "Connect-Timeout-Ms, 10000, 10",
    "x-envoy-expected-rq-timeout-ms, 10000, 10",
    "x-envoy-expected-rq-timeout-ms, nonsense, 60",
    "x-envoy-expected-rq-timeout-ms, 90000, 60",
    "Other-Timeout, 10000, 60"
  })
  void theHeadersOfOthersMayShortenTheTimeToo(String name, String value, long seconds) {
    var contexts =
        new RequestContexts(Duration.ofSeconds(60))
            .withAlso(RemainingTimeHeader.GRPC)
            .withAlso(RemainingTimeHeader.CONNECT)
            .withAlso(RemainingTimeHeader.ENVOY);
    try (var ctx = contexts.open(server, "GET /", field -> field.equals(name) ? value : null)) {
      assertThat(Duration.ofNanos(ctx.remainingNanos()))
          .isGreaterThan(Duration.ofSeconds(seconds).minusSeconds(5))
          .isLessThanOrEqualTo(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> new RequestContexts(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("limit is PT-1S: a request has no less than no time; pass null for no limit");
    assertThatThrownBy(() -> new RequestContexts(null, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("headers is null: pass WireHeaders.DEFAULT, or leave it out");
    assertThatThrownBy(() -> new RequestContexts(null, WireHeaders.DEFAULT, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageStartingWith("also is null: ");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "nonsense")
  void withoutAnyLimitThereIsNoDeadline(@Nullable String remaining) {
    try (var ctx = new RequestContexts(null).open(server, "GET /", name -> remaining)) {
      assertThat(ctx.deadline()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "0m", "-1", "-9999999999", "-5S"})
  void aClientWithoutTimeLeftGetsAnEndedContext(String remaining) {
    try (var ctx = new RequestContexts(MINUTE).open(server, "GET /", name -> remaining)) {
      assertThat(ctx.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void shutdownEndsTheRequest() {
    try (var ctx =
        new RequestContexts(MINUTE).open(server, "GET /", RequestContextsTest::nothing)) {
      server.cancel();
      assertThat(ctx.isDone()).isTrue();
    }
  }

  @Test
  void theTraceOfTheClientIsKept() {
    Trace trace = Trace.start();
    var fields = Map.of("traceparent", trace.toString());
    try (var ctx = new RequestContexts(MINUTE).open(server, "GET /", fields::get)) {
      assertThat(ctx.get(Trace.KEY)).isEqualTo(trace);
    }
  }

  @Test
  void otherHeadersAreReadWhereTheHostSaysSo() {
    var headers =
        WireHeaders.NONE
            .withRemainingTime(new RemainingTimeHeader("grpc-timeout", Form.GRPC))
            .with(new ValueHeader<>("x-trace", Trace.KEY));
    Trace trace = Trace.start();
    var fields = Map.of("grpc-timeout", "30S", "Belay-Timeout-Ms", "1", "x-trace", "" + trace);
    var contexts = new RequestContexts(MINUTE).withHeaders(headers);
    try (var ctx = contexts.open(server, "GET /", fields::get)) {
      assertThat(Duration.ofNanos(ctx.remainingNanos()))
          .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(30));
      assertThat(ctx.get(Trace.KEY)).isEqualTo(trace);
    }
  }

  @Test
  void theRequestIsNamed() {
    try (var ctx =
        new RequestContexts(MINUTE).open(server, "POST /orders", RequestContextsTest::nothing)) {
      assertThat(ctx.toString()).contains("server/POST /orders");
    }
  }
}
