package dev.belay.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.spi.ContextEvent;
import dev.belay.testkit.RecordingListener;
import io.grpc.CallOptions;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Answers are sent when the client has room for them. */
class StreamSenderIT {
  private static final int ANSWERS = 500;
  private static final String TEXT = "x".repeat(10_000);

  private final CompletableFuture<Thread> sending = new CompletableFuture<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final CompletableFuture<Throwable> stopped = new CompletableFuture<>();

  private void send(StreamSender<String> sender) throws InterruptedException {
    sending.complete(Thread.currentThread());
    try {
      for (int i = 0; i < ANSWERS; i++) {
        sender.send(i + TEXT);
        sent.incrementAndGet();
      }
    } catch (ContextEndedException e) {
      stopped.complete(e);
      throw e;
    }
  }

  private static Pay.Handler sending(StreamSender.Body<String> body) {
    return new Pay.Handler() {
      @Override
      public void charge(String request, StreamObserver<String> answers) {
        StreamSender.start(Context.current(), answers, body);
      }
    };
  }

  private static BlockingClientCall<String, String> watch(Link link, Context ctx) {
    return ctx.call(
        c ->
            ClientCalls.blockingV2ServerStreamingCall(
                link.channel(), Pay.WATCH, CallOptions.DEFAULT, "10"));
  }

  /** Reads the first answer, which has gRPC send the request, and waits until no more are sent. */
  private void awaitFull(BlockingClientCall<String, String> call) throws Exception {
    assertThat(call.read()).isEqualTo(0 + TEXT);
    Thread thread = sending.get();
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(thread.isAlive()).as("whether answers are left to be sent").isTrue();
      Thread.onSpinWait();
    }
  }

  @Test
  void aClientThatDoesNotReadHoldsTheSenderUp(Context root) throws Exception {
    try (var link = Link.open(root, sending(this::send));
        var ctx = root.withCancel()) {
      BlockingClientCall<String, String> call = watch(link, ctx);
      awaitFull(call);
      assertThat(sent.get()).isLessThan(ANSWERS);
      for (int i = 1; i < ANSWERS; i++) {
        assertThat(call.read()).isEqualTo(i + TEXT);
      }
      assertThat(call.read()).isNull();
    }
  }

  @Test
  void aClientThatGoesAwayEndsTheWait(Context root) throws Exception {
    try (var link = Link.open(root, sending(this::send));
        var ctx = root.withCancel()) {
      awaitFull(watch(link, ctx));
      ctx.cancel();
      assertThat(((ContextEndedException) stopped.get()).ending().cause())
          .isInstanceOf(ClientGoneException.class);
    }
  }

  @Test
  void aFailureOfTheBodyIsTheCalls(Context root) throws Exception {
    StreamSender.Body<String> failing =
        sender -> {
          throw Status.NOT_FOUND.asException();
        };
    try (var heard = RecordingListener.below(root);
        var link = Link.open(root, sending(failing));
        var ctx = root.withCancel()) {
      BlockingClientCall<String, String> call = watch(link, ctx);
      assertThatThrownBy(call::read)
          .isInstanceOfSatisfying(
              StatusException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
      assertThat(heard.events(ContextEvent.Uncaught.class)).isEmpty();
    }
  }

  @Test
  void aFailureThatIsNoAnswerIsReported(Context root) throws Exception {
    var bug = new IllegalStateException("a bug");
    StreamSender.Body<String> failing =
        sender -> {
          throw bug;
        };
    try (var heard = RecordingListener.below(root);
        var link = Link.open(root, sending(failing));
        var ctx = root.withCancel()) {
      BlockingClientCall<String, String> call = watch(link, ctx);
      assertThatThrownBy(call::read)
          .isInstanceOfSatisfying(
              StatusException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN));
      assertThat(heard.await(ContextEvent.Uncaught.class).failure()).isSameAs(bug);
    }
  }

  @Test
  void onlyGrpcsOwnObserverKnowsWhenThereIsRoom(Context root) {
    assertThatThrownBy(() -> StreamSender.start(root, new Answers(), sender -> {}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void itIsTooLateWhenTheHandlerHasReturned(Context root) throws Exception {
    var refused = new CompletableFuture<Throwable>();
    Pay.Handler late =
        new Pay.Handler() {
          @Override
          public StreamObserver<String> talk(StreamObserver<String> answers) {
            return new Pay.Echo(answers) {
              @Override
              public void onNext(String request) {
                try {
                  StreamSender.start(Context.current(), answers, sender -> {});
                } catch (IllegalStateException e) {
                  refused.complete(e);
                  answers.onCompleted();
                }
              }
            };
          }
        };
    try (var link = Link.open(root, late)) {
      var answers = new Answers();
      ClientCalls.asyncBidiStreamingCall(
              link.channel().newCall(Pay.TALK, CallOptions.DEFAULT), answers)
          .onNext("10");
      assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
      assertThat(answers.all().get()).isEmpty();
    }
  }
}
