package dev.belay.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestContextsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

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
    try (var ctx = contexts.open(server, "GET /", remaining)) {
      assertThat(Duration.ofNanos(ctx.remainingNanos()))
          .isGreaterThan(Duration.ofSeconds(seconds).minusSeconds(20))
          .isLessThanOrEqualTo(Duration.ofSeconds(seconds));
    }
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "nonsense")
  void withoutAnyLimitThereIsNoDeadline(@Nullable String remaining) {
    try (var ctx = new RequestContexts(null).open(server, "GET /", remaining)) {
      assertThat(ctx.deadline()).isNull();
    }
  }

  @Test
  void aClientWithoutTimeLeftGetsAnEndedContext() {
    try (var ctx = new RequestContexts(MINUTE).open(server, "GET /", "0")) {
      assertThat(ctx.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void shutdownEndsTheRequest() {
    try (var ctx = new RequestContexts(MINUTE).open(server, "GET /", null)) {
      server.cancel();
      assertThat(ctx.isDone()).isTrue();
    }
  }

  @Test
  void theRequestIsNamed() {
    try (var ctx = new RequestContexts(MINUTE).open(server, "POST /orders", null)) {
      assertThat(ctx.toString()).contains("server/POST /orders");
    }
  }
}
