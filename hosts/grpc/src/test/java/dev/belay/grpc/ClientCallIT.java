package dev.belay.grpc;

import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.DeadlineExceededException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.spi.LiveContext;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import dev.belay.testkit.faults.FaultProxy;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How calls end with the context that they are made under, by every kind of stub. */
class ClientCallIT {
  private static final String LONG = "x".repeat(20_000);

  private final BlockingQueue<Context> seen = new LinkedBlockingQueue<>();

  /** Answers nothing, and asks for no more requests. */
  private final Pay.Handler silent =
      new Pay.Handler() {
        @Override
        public void charge(String request, StreamObserver<String> answers) {
          seen.add(Context.current());
        }

        @Override
        public StreamObserver<String> talk(StreamObserver<String> answers) {
          ((io.grpc.stub.ServerCallStreamObserver<String>) answers).disableAutoRequest();
          seen.add(Context.current());
          return new Pay.Echo(answers);
        }
      };

  /** The next call's context at the server. */
  private Context called() throws InterruptedException {
    Context ctx = seen.poll(1, TimeUnit.MINUTES);
    assertThat(ctx).isNotNull();
    return ctx;
  }

  private void awaitGone(Context call) throws InterruptedException {
    assertThat(call.awaitDone(Duration.ofMinutes(1))).isTrue();
    assertThat(call.cause()).isInstanceOf(ClientGoneException.class);
  }

  @Test
  void theBlockingStubEndsWithTheCancel(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withCancel()) {
      var call = Attempt.start(() -> ctx.call(c -> link.charge("10")));
      Context server = called();
      var cause = new IllegalStateException("the user left");
      ctx.cancel(cause);
      StatusRuntimeException failure = call.thrown(StatusRuntimeException.class);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.CANCELLED);
      assertThat(failure).hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(((ContextEndedException) failure.getCause()).ending().cause()).isSameAs(cause);
      awaitGone(server);
    }
  }

  @Test
  void aDeadlineEndsTheCallWithItsStory(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withName("order").withTimeout(Duration.ofMillis(50))) {
      var call = Attempt.start(() -> ctx.call(c -> link.charge("10")));
      StatusRuntimeException failure = call.thrown(StatusRuntimeException.class);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(failure).hasCauseInstanceOf(DeadlineExceededException.class);
      assertThat(failure.getStatus().getDescription()).contains("order");
    }
  }

  @Test
  void aShorterDeadlineOfTheCallsOwnStays(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withTimeout(Duration.ofHours(1))) {
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(50, TimeUnit.MILLISECONDS);
      var call =
          Attempt.start(
              () ->
                  ctx.call(
                      c ->
                          ClientCalls.blockingUnaryCall(
                              link.channel(), Pay.CHARGE, options, "10")));
      StatusRuntimeException failure = call.thrown(StatusRuntimeException.class);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(ctx).isActive();
    }
  }

  @Test
  void theDeadlineMayBeOfAnotherClock(Context root, VirtualClock clock) throws Exception {
    try (var link = Link.open(Context.background(), silent);
        var ctx = root.withTimeout(Duration.ofHours(1))) {
      var call = Attempt.start(() -> ctx.call(c -> link.charge("10")));
      called();
      clock.advance(Duration.ofHours(1));
      StatusRuntimeException failure = call.thrown(StatusRuntimeException.class);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(failure).hasCauseInstanceOf(DeadlineExceededException.class);
    }
  }

  @Test
  void underAContextThatHasEndedNoCallIsMade(Context root) throws Exception {
    var handler =
        new Pay.Handler() {
          @Override
          public void charge(String request, StreamObserver<String> answers) {
            seen.add(Context.current());
            answers.onNext(request);
            answers.onCompleted();
          }
        };
    try (var link = Link.open(root, handler);
        var ctx = root.withCancel()) {
      var failure = new CompletableFuture<Throwable>();
      ctx.run(
          c -> {
            ctx.cancel();
            failure.complete(assertThatThrownBy(() -> link.charge("not sent")).actual());
          });
      assertThat(failure.join())
          .isInstanceOf(StatusRuntimeException.class)
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(link.charge("sent")).isEqualTo("sent");
      assertThat(seen).hasSize(1);
    }
  }

  @Test
  void aFutureEndsWithTheContext(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withCancel()) {
      var future =
          ctx.call(
              c ->
                  ClientCalls.futureUnaryCall(
                      link.channel().newCall(Pay.CHARGE, CallOptions.DEFAULT), "10"));
      Context server = called();
      ctx.cancel();
      assertThatThrownBy(() -> future.get(1, TimeUnit.MINUTES))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(StatusRuntimeException.class)
          .hasCauseInstanceOf(ContextCancelledException.class);
      awaitGone(server);
    }
  }

  @Test
  void anAsyncStreamEndsWithTheContextAndItsCallbacksRunUnderIt(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withName("caller").withCancel()) {
      var under = new CompletableFuture<String>();
      var answers = new Answers();
      answers.all().whenComplete((all, e) -> under.complete(Context.current().toString()));
      ctx.run(
          c ->
              ClientCalls.asyncBidiStreamingCall(
                  link.channel().newCall(Pay.TALK, CallOptions.DEFAULT), answers));
      Context server = called();
      ctx.cancel();
      assertThatThrownBy(() -> answers.all().get(1, TimeUnit.MINUTES))
          .cause()
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(under.get()).contains("caller");
      awaitGone(server);
    }
  }

  // ---- BlockingV2

  private static BlockingClientCall<String, String> talk(ManagedChannel channel, Context ctx) {
    return ctx.call(
        c -> ClientCalls.blockingBidiStreamingCall(channel, Pay.TALK, CallOptions.DEFAULT));
  }

  @Test
  void aReadThatBlocksEndsWithTheContext(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withCancel()) {
      BlockingClientCall<String, String> talk = talk(link.channel(), ctx);
      Context server = called();
      var read = Attempt.start(talk::read);
      read.awaitBlocked();
      ctx.cancel();
      assertThat(read.thrown(StatusException.class))
          .hasCauseInstanceOf(ContextCancelledException.class);
      awaitGone(server);
    }
  }

  @Test
  void aWriteThatNobodyReadsEndsWithTheContext(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var ctx = root.withCancel()) {
      BlockingClientCall<String, String> talk = talk(link.channel(), ctx);
      Context server = called();
      var writes =
          Attempt.start(
              () -> {
                while (talk.write(LONG)) {}
                return talk.read(); // says how the call ended
              });
      writes.awaitBlocked();
      ctx.cancel();
      assertThat(writes.thrown(StatusException.class))
          .hasCauseInstanceOf(ContextCancelledException.class);
      awaitGone(server);
    }
  }

  @Test
  void whatAnInterruptLeavesOpenEndsWithTheContext(Context root) throws Exception {
    try (var link = Link.open(root, silent)) {
      Context server;
      try (var ctx = root.withCancel()) {
        BlockingClientCall<String, String> talk = talk(link.channel(), ctx);
        server = called();
        var read = Attempt.start(talk::read);
        read.awaitBlocked();
        read.interrupt();
        read.thrown(InterruptedException.class);
        assertThat(server).isActive();
      }
      awaitGone(server);
    }
  }

  @Test
  void soDoesWhatWasInterruptedBeforeItWasConnected(Context root) throws Exception {
    try (var link = Link.open(root, silent);
        var proxy = FaultProxy.to(link.port())) {
      proxy.goSilent();
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("localhost", proxy.port())
              .usePlaintext()
              .intercept(new ContextClientInterceptor())
              .build();
      Context server;
      try (var ctx = root.withCancel()) {
        BlockingClientCall<String, String> talk = talk(channel, ctx);
        var read = Attempt.start(talk::read);
        read.awaitBlocked();
        read.interrupt();
        read.thrown(InterruptedException.class);
        proxy.pass();
        server = called();
      }
      awaitGone(server);
      channel.shutdownNow();
      assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
  }

  // ---- what is left

  @Test
  void aLongLivedContextKeepsNothingOfItsCalls(Context root) throws Exception {
    try (var link = Link.open(Context.background(), new Pay.Handler() {});
        var ctx = root.withCancel()) {
      var held = new CountDownLatch(1);
      ctx.onDone(held::countDown); // so that it is seen at all
      for (int i = 0; i < 100; i++) {
        String answer = ctx.call(c -> link.charge("10"));
        assertThat(answer).isEqualTo("10");
      }
      assertThat(TreeInspector.live(root)).extracting(LiveContext::reactions).containsExactly(1);
    }
  }
}
