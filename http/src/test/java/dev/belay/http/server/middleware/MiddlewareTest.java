package dev.belay.http.server.middleware;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.DeadlineExceededException;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.BodyTooLargeException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HandlerDeadlineException;
import dev.belay.http.server.HttpMessages;
import dev.belay.http.server.OverloadException;
import dev.belay.http.server.ProblemDetails;
import dev.belay.http.wire.Trace;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import dev.belay.spi.Loggable;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each piece of middleware over a host that is two maps. */
class MiddlewareTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Map<String, String> request = new HashMap<>();
  private final Sent response = new Sent();
  private final Maps maps = new Maps();

  private static final class Sent {
    final Map<String, String> headers = new HashMap<>();
    int status = 200;
    boolean committed;
    String body = "";
  }

  private static final class Maps implements HttpMessages<Map<String, String>, Sent> {
    @Override
    public String method(Map<String, String> request) {
      return "GET";
    }

    @Override
    public String path(Map<String, String> request) {
      return request.getOrDefault(":path", "/orders");
    }

    @Override
    public @Nullable String header(Map<String, String> request, String name) {
      return request.get(name);
    }

    @Override
    public void setHeader(Sent response, String name, String value) {
      response.headers.put(name, value);
    }

    @Override
    public int status(Sent response) {
      return response.status;
    }

    @Override
    public boolean isCommitted(Sent response) {
      return response.committed;
    }

    @Override
    public void answer(Sent response, int status, String contentType, byte[] body) {
      response.status = status;
      response.committed = true;
      response.headers.put("Content-Type", contentType);
      response.body = new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public OutputStream begin(Sent response, int status, String contentType) {
      throw new UnsupportedOperationException("no middleware streams");
    }

    @Override
    public void setTrailers(Sent response, Supplier<Map<String, String>> trailers) {
      throw new UnsupportedOperationException("no middleware streams");
    }

    @Override
    public void cutOff(Map<String, String> request, Sent response, Throwable why) {
      throw new UnsupportedOperationException("no middleware streams");
    }

    @Override
    public Throwable translated(Sent response, Throwable thrown) {
      return thrown;
    }

    @Override
    public Map<String, String> withBodyLimit(Map<String, String> request, long bytes) {
      Map<String, String> limited = new HashMap<>(request);
      limited.put(":limit", Long.toString(bytes));
      return limited;
    }
  }

  private void handle(Endpoint<Map<String, String>, Sent> endpoint) throws Exception {
    endpoint.handle(Context.background(), request, response);
  }

  @Test
  void whatMiddlewareAddsIsInTheContextOfTheThread() throws Exception {
    request.put("Authorization", "Bearer t");
    Endpoint<Map<String, String>, Sent> served =
        (ctx, q, s) -> {
          assertThat(Loggable.values(Context.current())).isEqualTo(Loggable.values(ctx));
          assertThat(Context.current().deadline()).isEqualTo(ctx.deadline());
        };
    handle(
        StartTime.around(RequestId.around(maps, Deadline.around(MINUTE, signedIn(SHOWN, served)))));
    assertThat(Context.current()).isSameAs(Context.background());
  }

  @Test
  void aRequestWhoseContextHasEndedStillReachesWhatAnswersForThat() {
    var ctx = Context.background().withCancel();
    ctx.cancel();
    assertThatThrownBy(
            () ->
                RequestId.around(maps, (c, q, s) -> c.throwIfDone()).handle(ctx, request, response))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(response.headers).containsKey("X-Request-ID");
  }

  // ---- request id

  @Test
  void aClientsRequestIdIsKeptAndAnsweredBack() throws Exception {
    request.put("X-Request-ID", "abc-123");
    handle(
        RequestId.around(
            maps, (ctx, q, s) -> assertThat(ctx.require(RequestId.KEY)).isEqualTo("abc-123")));
    assertThat(response.headers).containsEntry("X-Request-ID", "abc-123");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "a b", "x\u001b[31m", "a\r\nb", "é"})
  void anythingElseIsReplacedByANewOne(@Nullable String sent) throws Exception {
    request.put("X-Request-ID", sent);
    handle(RequestId.around(maps, (ctx, q, s) -> {}));
    assertThat(response.headers.get("X-Request-ID")).matches("[0-9a-f]{16}");
  }

  @Test
  void theTraceIsAnsweredBack() throws Exception {
    Trace trace = Trace.start();
    RequestId.around(maps, (ctx, q, s) -> {})
        .handle(Context.background().withValue(Trace.KEY, trace), request, response);
    assertThat(response.headers).containsEntry("X-Trace-ID", trace.traceId());
  }

  // ---- start time

  @Test
  void theStartOfARequestIsAValueOfItsContext() throws Exception {
    handle(
        StartTime.around(
            (ctx, q, s) -> {
              StartTime start = ctx.require(StartTime.KEY);
              assertThat(start.elapsed()).isGreaterThanOrEqualTo(Duration.ZERO);
              assertThat(Loggable.values(ctx)).containsEntry("start", start.instant().toString());
            }));
  }

  // ---- authentication

  private record User(String name) {}

  private static final ContextKey<User> USER = ContextKey.named("user", User.class);
  private static final ContextKey<User> SHOWN =
      ContextKey.named("user", User.class).loggable(User::name);

  private Endpoint<Map<String, String>, Sent> signedIn(
      ContextKey<User> key, Endpoint<Map<String, String>, Sent> next) {
    return Authentication.around(
        maps,
        "Bearer",
        key,
        (ctx, q) -> "Bearer t".equals(q.get("Authorization")) ? new User("alice") : null,
        next);
  }

  @Test
  void theUserIsAValueOfTheContextAndPrintedNowhere() throws Exception {
    request.put("Authorization", "Bearer t");
    handle(
        signedIn(
            USER,
            (ctx, q, s) -> {
              assertThat(ctx.require(USER)).isEqualTo(new User("alice"));
              assertThat(ctx.toString() + Loggable.values(ctx)).doesNotContain("alice");
            }));
    handle(
        signedIn(
            SHOWN, (ctx, q, s) -> assertThat(Loggable.values(ctx)).containsEntry("user", "alice")));
  }

  @Test
  void aRequestWithoutAKnownUserIsChallenged() throws Exception {
    handle(
        Recover.around(
            maps,
            signedIn(
                USER,
                (ctx, q, s) -> {
                  throw new AssertionError("served");
                })));
    assertThat(response.status).isEqualTo(401);
    assertThat(response.headers).containsEntry("WWW-Authenticate", "Bearer");
    assertThat(response.body).contains("it is not known who asks");
  }

  // ---- recover

  @Test
  void aFailureIsAnsweredAsAProblemWithoutItsMessage() throws Exception {
    request.put("X-Request-ID", "abc");
    handle(
        RequestId.around(
            maps,
            Recover.around(
                maps,
                (ctx, q, s) -> {
                  throw new IllegalStateException("password=secret");
                })));
    assertThat(response.status).isEqualTo(500);
    assertThat(response.headers).containsEntry("Content-Type", "application/problem+json");
    assertThat(response.body)
        .isEqualTo("{\"status\":500,\"detail\":\"something went wrong here\",\"id\":\"abc\"}");
  }

  @Test
  void aClientThatWantsTextGetsText() throws Exception {
    request.put("Accept", "text/html");
    handle(
        Recover.around(
            maps,
            (ctx, q, s) -> {
              throw new BadRequestException("no such size");
            }));
    assertThat(response.status).isEqualTo(400);
    assertThat(response.headers).containsEntry("Content-Type", "text/plain; charset=utf-8");
    assertThat(response.body).startsWith("400: no such size (").endsWith(")\n");
  }

  @Test
  void aProblemsTextIsEscaped() {
    var problem = new ProblemDetails(400, "a \"quote\", a \\, a \u001b, an \u00e9", null);
    assertThat(new String(problem.json(), StandardCharsets.US_ASCII))
        .isEqualTo(
            "{\"status\":400,\"detail\":\"a \\\"quote\\\", a \\\\, a \\u001b, an \\u00e9\"}");
  }

  @Test
  void aProgramsOwnFailuresCanHaveTheirOwnStatus() throws Exception {
    handle(
        Recover.around(
            maps,
            (ctx, failure) -> new ProblemDetails(409, "out of stock", null),
            (ctx, q, s) -> {
              throw new IllegalStateException();
            }));
    assertThat(response.status).isEqualTo(409);
  }

  @Test
  void aFailureOfAResponseThatHasBegunGoesOnToTheHost() {
    Endpoint<Map<String, String>, Sent> endpoint =
        Recover.around(
            maps,
            (ctx, q, s) -> {
              s.committed = true;
              throw new IllegalStateException("late");
            });
    assertThatThrownBy(() -> handle(endpoint)).hasMessage("late");
    assertThat(response.body).isEmpty();
  }

  @Test
  void nothingIsAnsweredToAClientThatHasGone() {
    try (CancellableContext gone = Context.background().withCancel()) {
      gone.cancel(new ClientGoneException("reset", null));
      Endpoint<Map<String, String>, Sent> endpoint =
          Recover.around(maps, (ctx, q, s) -> ctx.throwIfDone());
      assertThatThrownBy(() -> endpoint.handle(gone, request, response))
          .hasMessageContaining("reset");
    }
    assertThat(response.body).isEmpty();
  }

  // ---- access log

  private static final class Lines implements System.Logger {
    final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public String getName() {
      return "access";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Throwable thrown) {
      lines.add(text);
    }

    @Override
    public void log(
        Level level, @Nullable ResourceBundle bundle, String text, @Nullable Object... values) {
      lines.add(text);
    }
  }

  @Test
  void aRequestIsOneLine() throws Exception {
    var log = new Lines();
    request.put("X-Request-ID", "abc");
    request.put(":path", "/a\"b\n\u001b[31m");
    handle(RequestId.around(maps, AccessLog.around(maps, log, (ctx, q, s) -> s.status = 201)));
    assertThat(log.lines).hasSize(1);
    assertThat(log.lines.getFirst())
        .matches(
            "method=GET path=\"/a\\\\u0022b\\\\u000a\\\\u001b\\[31m\" status=201 ms=[0-9]+"
                + " outcome=done id=abc");
  }

  @Test
  void theLineSaysWhyARequestWasEndedAndHowMuchOfItsTimeItUsed() throws Exception {
    var log = new Lines();
    var endpoint =
        AccessLog.around(
            maps,
            log,
            Recover.around(
                maps,
                (Context ctx, Map<String, String> q, Sent s) -> {
                  ctx.throwIfDone();
                }));
    try (CancellableContext late =
        Context.background()
            .withTimeout(Duration.ZERO, () -> new HandlerDeadlineException("the limit"))) {
      endpoint.handle(late, request, response);
    }
    assertThat(log.lines.getFirst())
        .contains("status=504", "outcome=deadline_exceeded", "cause=HandlerDeadlineException")
        .contains(" share=");
  }

  @Test
  void theLineOfAFailureThatGoesOnHasNoStatus() {
    var log = new Lines();
    assertThatThrownBy(
            () ->
                handle(
                    AccessLog.around(
                        maps,
                        log,
                        (ctx, q, s) -> {
                          throw new IllegalStateException("secret");
                        })))
        .hasMessage("secret");
    assertThat(log.lines.getFirst())
        .contains("status=- ", "outcome=failed")
        .doesNotContain("secret");
  }

  // ---- deadline

  @Test
  void aDeadlineShortensTheRequestsTime() {
    assertThatThrownBy(
            () -> handle(Deadline.around(Duration.ofNanos(1), (ctx, q, s) -> ctx.sleep(MINUTE))))
        .isInstanceOf(DeadlineExceededException.class)
        .hasCauseInstanceOf(HandlerDeadlineException.class);
  }

  @Test
  void aDeadlineThatMakesNoSenseIsRefused() {
    for (Duration none : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> Deadline.around(none, (ctx, q, s) -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("limit is " + none + ": nothing could ever run");
    }
    assertThatThrownBy(() -> Deadline.around(null, (ctx, q, s) -> {}))
        .hasMessageStartingWith("limit is null: ");
    assertThatThrownBy(() -> Deadline.around(MINUTE, null)).hasMessageStartingWith("next is null");
  }

  // ---- concurrency limit

  @Test
  void whatFindsNoPlaceIsRefusedAndReported() throws Exception {
    var events = new CopyOnWriteArrayList<ContextEvent>();
    ContextListener listener = events::add;
    ContextEvents.install(listener);
    try {
      var limit = ConcurrencyLimit.of(1, Duration.ZERO);
      var refused = new AtomicReference<Throwable>();
      handle(
          limit.around(
              (ctx, q, s) ->
                  Recover.around(
                          maps,
                          limit.around(
                              (Context c, Map<String, String> q2, Sent s2) ->
                                  refused.set(new AssertionError("begun"))))
                      .handle(ctx, q, s)));
      assertThat(refused.get()).isNull();
    } finally {
      ContextEvents.remove(listener);
    }
    assertThat(response.status).isEqualTo(503);
    assertThat(response.headers).containsEntry("Retry-After", "1");
    assertThat(events).anyMatch(ContextEvent.Refused.class::isInstance);
  }

  @Test
  void whatWaitsBeginsWhenAPlaceIsFree() throws Exception {
    var limit = ConcurrencyLimit.of(1, MINUTE);
    var begun = new CountDownLatch(2);
    Endpoint<Map<String, String>, Sent> endpoint = limit.around((ctx, q, s) -> begun.countDown());
    handle(endpoint);
    handle(endpoint);
    assertThat(begun.getCount()).isZero();
  }

  @Test
  void aRequestWhoseClientLeavesInTheQueueNeverBegins() throws Exception {
    var limit = ConcurrencyLimit.of(1, MINUTE);
    handle(
        limit.around(
            (ctx, q, s) -> {
              try (CancellableContext waiting = ctx.withCancel()) {
                var failure = new AtomicReference<Throwable>();
                Thread thread =
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              try {
                                limit
                                    .around(
                                        (Context c, Map<String, String> q2, Sent s2) ->
                                            s2.status = 999)
                                    .handle(waiting, q, s);
                              } catch (Throwable e) {
                                failure.set(e);
                              }
                            });
                while (thread.getState() != Thread.State.WAITING
                    && thread.getState() != Thread.State.TIMED_WAITING) {
                  Thread.onSpinWait();
                }
                waiting.cancel(new ClientGoneException("reset", null));
                thread.join();
                assertThat(failure.get()).hasMessageContaining("reset");
              }
            }));
    assertThat(response.status).isNotEqualTo(999);
    handle(limit.around((ctx, q, s) -> s.status = 200)); // its place is free
    assertThat(response.status).isEqualTo(200);
  }

  @Test
  void aFailureGivesItsPlaceBack() throws Exception {
    var limit = ConcurrencyLimit.of(1, Duration.ZERO);
    assertThatThrownBy(
            () ->
                handle(
                    limit.around(
                        (ctx, q, s) -> {
                          throw new IllegalStateException("x");
                        })))
        .hasMessage("x");
    handle(limit.around((ctx, q, s) -> {}));
  }

  @Test
  void aLimitOfNothingIsRefused() {
    assertThatThrownBy(() -> ConcurrencyLimit.of(0, MINUTE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new OverloadException("full", MINUTE).retryAfter()).isEqualTo(MINUTE);
  }

  // ---- body limit

  @Test
  void aBodyWhoseLengthIsTooLongIsRefusedAtOnce() throws Exception {
    request.put("Content-Length", "11");
    handle(Recover.around(maps, BodyLimit.around(maps, 10, (ctx, q, s) -> s.body = "begun")));
    assertThat(response.status).isEqualTo(413);
    assertThat(response.body).contains("the body is longer than 10 bytes");
    assertThat(new BodyTooLargeException(10)).hasMessage("the body is longer than 10 bytes");
  }

  @Test
  void aBodyLimitThatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> BodyLimit.around(maps, -1, (ctx, q, s) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("bytes is -1: allow none or more");
    assertThatThrownBy(() -> BodyLimit.around(null, 1, (ctx, q, s) -> {}))
        .hasMessageStartingWith("messages is null: ");
    assertThatThrownBy(() -> BodyLimit.around(maps, 1, null))
        .hasMessageStartingWith("next is null");
  }

  @Test
  void anyOtherBodyIsCountedWhileItComes() throws Exception {
    request.put("Content-Length", "10");
    handle(BodyLimit.around(maps, 10, (ctx, q, s) -> assertThat(q).containsEntry(":limit", "10")));
  }
}
