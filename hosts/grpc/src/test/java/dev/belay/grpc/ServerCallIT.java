package dev.belay.grpc;

import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.RequestContexts;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.testkit.Attempt;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How calls run and end at the server. */
class ServerCallIT {
  private final CompletableFuture<Context> seen = new CompletableFuture<>();
  private final CountDownLatch release = new CountDownLatch(1);

  private static Pay.Handler handler(Consumer<StreamObserver<String>> charge) {
    return new Pay.Handler() {
      @Override
      public void charge(String request, StreamObserver<String> answers) {
        charge.accept(answers);
      }
    };
  }

  /** Waits for the test, and not for its context. */
  private void deaf() {
    seen.complete(Context.current());
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Context awaitEnd() throws Exception {
    Context ctx = seen.get();
    assertThat(ctx.awaitDone(Duration.ofMinutes(1))).isTrue();
    return ctx;
  }

  private static Status status(Link link) {
    try {
      link.charge("10");
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void aClientThatCancelsEndsTheContextWhileTheHandlerBlocks(Context root) throws Exception {
    try (var link = Link.open(root, handler(answers -> deaf()));
        var client = root.withCancel()) {
      var call = Attempt.start(() -> client.call(ctx -> link.charge("10")));
      seen.get();
      client.cancel();
      Context ended = awaitEnd();
      release.countDown();
      assertThat(ended).endedWith(dev.belay.Status.CANCELLED);
      assertThat(ended.cause()).isInstanceOf(ClientGoneException.class).hasMessage("client gone");
      assertThat(ended.toString()).contains("pay.Pay/Charge");
      call.thrown(StatusRuntimeException.class);
    }
  }

  @Test
  void aClientThatGoesAwayEndsTheContextOfAnIdleStream(Context root) throws Exception {
    Pay.Handler idle = handler(answers -> seen.complete(Context.current()));
    try (var link = Link.open(root, idle)) {
      ClientCalls.asyncServerStreamingCall(
          link.channel().newCall(Pay.WATCH, CallOptions.DEFAULT), "10", new Answers());
      seen.get();
      link.channel().shutdownNow();
      Context ended = awaitEnd();
      assertThat(ended).endedWith(dev.belay.Status.CANCELLED);
      assertThat(ended.cause()).isInstanceOf(ClientGoneException.class);
    }
  }

  @Test
  void theServersLimitClosesACallWhoseHandlerIsDeaf(Context root) throws Exception {
    var in = new ContextServerInterceptor(root, new RequestContexts(Duration.ofMillis(50)));
    try (var link = Link.open(in, handler(answers -> deaf()))) {
      Status status = status(link);
      assertThat(awaitEnd()).endedWith(dev.belay.Status.DEADLINE_EXCEEDED);
      release.countDown();
      assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(status.getDescription()).isEqualTo("time was up before the request was done");
    }
  }

  @Test
  void theServersLimitClosesACallWhoseHandlerHasReturned(Context root) throws Exception {
    var in = new ContextServerInterceptor(root, new RequestContexts(Duration.ofMillis(50)));
    try (var link = Link.open(in, handler(answers -> {}))) {
      assertThat(status(link).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }
  }

  @Test
  void shutdownIsAnsweredWithUnavailable(Context root) throws Exception {
    CancellableContext server = root.withCancel();
    try (server;
        var link = Link.open(server, handler(answers -> deaf()))) {
      var call = Attempt.start(() -> status(link));
      seen.get();
      server.cancel(new ShutdownException("going down"));
      assertThat(call.result().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      release.countDown();
    }
  }

  @Test
  void noHandlerStartsAfterTheServersEnd(Context root) throws Exception {
    CancellableContext server = root.withCancel();
    server.cancel(new ShutdownException("going down"));
    try (var link = Link.open(server, handler(answers -> seen.complete(Context.current())))) {
      assertThat(status(link).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    assertThat(seen).isNotDone();
  }

  @Test
  void whoSendsAfterTheEndGetsTheContextsException(Context root) throws Exception {
    var late = new CompletableFuture<Throwable>();
    CancellableContext server = root.withCancel();
    Pay.Handler handler =
        handler(
            answers -> {
              deaf();
              assertThat(((ServerCallStreamObserver<?>) answers).isCancelled()).isTrue();
              try {
                answers.onNext("late");
              } catch (ContextEndedException e) {
                late.complete(e);
                answers.onCompleted(); // says nothing any more
              }
            });
    try (server;
        var link = Link.open(server, handler)) {
      var call = Attempt.start(() -> status(link));
      seen.get();
      server.cancel();
      assertThat(call.result().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      release.countDown();
      assertThat(late.get()).isInstanceOf(ContextEndedException.class);
    }
  }

  @Test
  void aContextIsOpenUntilItsHandlerHasReturned(Context root) throws Exception {
    Pay.Handler handler =
        handler(
            answers -> {
              answers.onNext("done");
              answers.onCompleted();
              deaf();
            });
    try (var link = Link.open(root, handler)) {
      assertThat(link.charge("10")).isEqualTo("done");
      Context ctx = seen.get();
      assertThat(ctx).isActive();
      release.countDown();
      assertThat(awaitEnd()).endedWith(dev.belay.Status.CLOSED);
    }
  }

  // ---- failures

  private static Status failing(ContextServerInterceptor in, Pay.Handler handler) throws Exception {
    try (var link = Link.open(in, handler)) {
      return status(link);
    }
  }

  private static ContextServerInterceptor plain(Context root) {
    return new ContextServerInterceptor(root, new RequestContexts(null));
  }

  private static void exceed(StreamObserver<String> unused) {
    try (var step = Context.current().withName("secret step").withTimeout(Duration.ZERO)) {
      step.throwIfDone();
    }
  }

  @Test
  void aDeadlineInTheHandlerIsToldWithoutItsStory(Context root) throws Exception {
    Status status = failing(plain(root), handler(ServerCallIT::exceed));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).isEqualTo("time was up before the request was done");
  }

  @Test
  void theStoryIsToldWhereItIsAskedFor(Context root) throws Exception {
    Status status = failing(plain(root).withStories(), handler(ServerCallIT::exceed));
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).contains("secret step");
  }

  @Test
  void aFailurePassedToOnErrorIsToldLikeAThrownOne(Context root) throws Exception {
    Pay.Handler handler =
        handler(
            answers -> {
              try {
                exceed(answers);
              } catch (ContextEndedException e) {
                answers.onError(e);
              }
            });
    Status status = failing(plain(root), handler);
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).isEqualTo("time was up before the request was done");
  }

  @Test
  void anotherServersDeadlineIsTheCalls(Context root) throws Exception {
    Pay.Handler handler =
        handler(
            answers -> {
              throw Status.DEADLINE_EXCEEDED.withDescription("theirs").asRuntimeException();
            });
    Status status = failing(plain(root), handler);
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).isEqualTo("time was up before the request was done");
  }

  @Test
  void aBadRequestIsToldWithItsMessage(Context root) throws Exception {
    Pay.Handler handler =
        handler(
            answers -> {
              throw new BadRequestException("no amount");
            });
    Status status = failing(plain(root), handler);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).isEqualTo("no amount");
  }

  @Test
  void aStatusOfTheHandlersOwnIsKept(Context root) throws Exception {
    Pay.Handler handler =
        handler(
            answers ->
                answers.onError(
                    Status.NOT_FOUND.withDescription("no such card").asRuntimeException()));
    Status status = failing(plain(root), handler);
    assertThat(status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
    assertThat(status.getDescription()).isEqualTo("no such card");
  }

  @Test
  void allElseIsLeftToGrpc(Context root) throws Exception {
    Pay.Handler handler =
        handler(
            answers -> {
              seen.complete(Context.current());
              throw new IllegalStateException("a bug");
            });
    Status status = failing(plain(root), handler);
    assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(status.getDescription()).doesNotContain("a bug");
    assertThat(awaitEnd()).endedWith(dev.belay.Status.CLOSED);
  }

  @Test
  void aNameThatMetadataCannotHaveIsRefused(Context root) {
    var headers =
        dev.belay.http.wire.WireHeaders.NONE.with(
            new dev.belay.http.wire.ValueHeader<>("trace-bin", dev.belay.http.wire.Trace.KEY));
    var contexts = new RequestContexts(null, headers);
    assertThatThrownBy(() -> new ContextServerInterceptor(root, contexts))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
