package dev.belay.http.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.http.GatewayTimeoutException;
import dev.belay.lifecycle.ShutdownException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureStatusTest {

  private static Throwable deadline() {
    try (var ctx = Context.background().withTimeout(Duration.ZERO)) {
      return catchThrowable(ctx::throwIfDone);
    }
  }

  private static Throwable cancelled(Throwable cause) {
    try (var ctx = Context.background().withCancel()) {
      ctx.cancel(cause);
      return catchThrowable(ctx::throwIfDone);
    }
  }

  private static Throwable usedAfterClose() {
    var ctx = Context.background().withCancel();
    ctx.close();
    return catchThrowable(ctx::throwIfDone);
  }

  private static Throwable timedOutElsewhere() {
    URI uri = URI.create("http://user:secret@shop.example/secret");
    return catchThrowable(() -> GatewayTimeoutException.throwIfTimedOut(504, uri));
  }

  static Stream<Arguments> failures() {
    var gone = new ClientGoneException("connection closed", null);
    var shutdown = new IOException("shutting down");
    return Stream.of(
        argumentSet("deadline", deadline(), OptionalInt.of(504)),
        argumentSet(
            "slow body", cancelled(new BodyTimeoutException("slow", null)), OptionalInt.of(408)),
        argumentSet("slow header", new HeaderTimeoutException("slow"), OptionalInt.of(408)),
        argumentSet(
            "handler's deadline",
            cancelled(new HandlerDeadlineException("limit")),
            OptionalInt.of(504)),
        argumentSet(
            "slow reader", cancelled(new WriteTimeoutException("slow", null)), OptionalInt.empty()),
        argumentSet(
            "overload", new OverloadException("full", Duration.ofSeconds(1)), OptionalInt.of(503)),
        argumentSet("shutdown", cancelled(new ShutdownException("TERM")), OptionalInt.of(503)),
        argumentSet("refused at shutdown", new ShutdownException("TERM"), OptionalInt.of(503)),
        argumentSet("cancelled", cancelled(shutdown), OptionalInt.of(503)),
        argumentSet("used after its close", usedAfterClose(), OptionalInt.of(500)),
        argumentSet("another server's 504", timedOutElsewhere(), OptionalInt.of(504)),
        argumentSet(
            "another server's 504, wrapped",
            new ExecutionException(timedOutElsewhere()),
            OptionalInt.of(504)),
        argumentSet("client gone", cancelled(gone), OptionalInt.empty()),
        argumentSet("bad input", new BadRequestException("no such size"), OptionalInt.of(400)),
        argumentSet("no user", new UnauthenticatedException("expired"), OptionalInt.of(401)),
        argumentSet("a bug", new IllegalArgumentException(), OptionalInt.of(500)),
        argumentSet("an error", new StackOverflowError(), OptionalInt.of(500)),
        argumentSet("wrapped", new ExecutionException(deadline()), OptionalInt.of(504)),
        argumentSet(
            "wrapped twice",
            new ExecutionException(new CompletionException(cancelled(gone))),
            OptionalInt.empty()),
        argumentSet("an empty wrapper", new ExecutionException(null), OptionalInt.of(500)));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void eachFailureHasItsStatus(Throwable failure, OptionalInt status) {
    assertThat(FailureStatus.of(Context.background(), failure)).isEqualTo(status);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void onlyTheMessageOfABadRequestIsForTheClient(Throwable failure, OptionalInt status) {
    String secret = "password=secret";
    var wrapped = new ExecutionException(secret, failure);
    wrapped.addSuppressed(new IOException(secret));
    String text = FailureStatus.text(status.orElse(500), wrapped);
    assertThat(text).doesNotContain("secret", "shutting down");
    if (failure instanceof BadRequestException) {
      assertThat(text).isEqualTo("no such size");
    }
    assertThat(FailureStatus.text(500, new IllegalStateException(secret)))
        .isEqualTo("something went wrong here");
  }

  @Test
  void nothingIsAnsweredOnceTheClientIsGone() {
    try (CancellableContext request = Context.background().withCancel()) {
      request.cancel(new ClientGoneException("stream reset", null));
      assertThat(FailureStatus.of(request, new IOException("broken pipe"))).isEmpty();
    }
  }

  @Test
  void aSlowBodyCountsWhateverFailedMeanwhile() {
    try (CancellableContext request = Context.background().withCancel()) {
      request.cancel(new BodyTimeoutException("slow", null));
      assertThat(FailureStatus.of(request, new IOException("broken"))).hasValue(408);
    }
  }

  @Test
  void onlyAGatewayTimeoutIsOne() throws Exception {
    GatewayTimeoutException.throwIfTimedOut(200, URI.create("http://shop.example/"));
    GatewayTimeoutException.throwIfTimedOut(503, URI.create("http://shop.example/"));
    assertThat(timedOutElsewhere()).hasMessage("shop.example ran out of time (504)");
  }

  @Test
  void aGoneClientCostsNoStackTrace() {
    assertThat(new ClientGoneException("connection closed", null).getStackTrace()).isEmpty();
  }
}
