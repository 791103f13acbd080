package dev.belay.grpc;

import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.http.server.ClientGoneException;
import dev.belay.testkit.Attempt;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Deadlines and cancels between Belay and another implementation of gRPC, in both directions. */
class GrpcJsIT {
  private final CompletableFuture<Context> seen = new CompletableFuture<>();

  /** Works until its context ends. */
  private final Pay.Handler endless =
      new Pay.Handler() {
        @Override
        public void charge(String request, StreamObserver<String> answers) {
          seen.complete(Context.current());
          try {
            Context.current().sleep(Duration.ofHours(1));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      };

  @BeforeAll
  static void requireGrpcJs() throws InterruptedException {
    NodePeer.require();
  }

  private Context awaitEnd() throws Exception {
    Context ctx = seen.get();
    assertThat(ctx.awaitDone(Duration.ofMinutes(1))).isTrue();
    return ctx;
  }

  private void awaitGone() throws Exception {
    assertThat(awaitEnd()).endedWith(dev.belay.Status.CANCELLED);
    assertThat(seen.get().cause()).isInstanceOf(ClientGoneException.class);
  }

  // ---- grpc-js calls

  @Test
  void itsDeadlineIsTheContexts(Context root) throws Exception {
    try (var link = Link.open(root, endless);
        var client = NodePeer.client(link.port(), "Charge", "3600000")) {
      assertThat(seen.get().remainingNanos()).isBetween(1L, Duration.ofHours(1).toNanos());
      client.cancel();
      awaitGone();
    }
  }

  @Test
  void itsDeadlineThatPassesEndsTheContext(Context root) throws Exception {
    try (var link = Link.open(root, endless);
        var client = NodePeer.client(link.port(), "Charge", "2000")) {
      assertThat(client.await("status")).isEqualTo("4");
      awaitEnd();
    }
  }

  @Test
  void itsCancelEndsTheContext(Context root) throws Exception {
    try (var link = Link.open(root, endless);
        var client = NodePeer.client(link.port(), "Charge")) {
      seen.get();
      client.cancel();
      assertThat(client.await("status")).isEqualTo("1");
      awaitGone();
    }
  }

  @Test
  void itsCancelEndsTheContextOfAStream(Context root) throws Exception {
    var idle =
        new Pay.Handler() {
          @Override
          public void charge(String request, StreamObserver<String> answers) {
            answers.onNext("first");
            seen.complete(Context.current());
          }
        };
    try (var link = Link.open(root, idle);
        var client = NodePeer.client(link.port(), "Watch")) {
      assertThat(client.await("answer")).isEqualTo("first");
      client.cancel();
      awaitGone();
    }
  }

  @Test
  void itsDeathEndsTheContext(Context root) throws Exception {
    try (var link = Link.open(root, endless);
        var client = NodePeer.client(link.port(), "Charge")) {
      seen.get();
      client.kill();
      awaitGone();
    }
  }

  // ---- grpc-js answers

  private static ManagedChannel channel(NodePeer server) throws Exception {
    return NettyChannelBuilder.forAddress("127.0.0.1", Integer.parseInt(server.await("port")))
        .usePlaintext()
        .intercept(new ContextClientInterceptor())
        .build();
  }

  private static String charge(ManagedChannel channel) {
    return ClientCalls.blockingUnaryCall(channel, Pay.CHARGE, CallOptions.DEFAULT, "10");
  }

  private static void close(ManagedChannel channel) throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void itGetsTheDeadlineAndTheCancel(Context root) throws Exception {
    try (var server = NodePeer.server();
        var ctx = root.withTimeout(Duration.ofHours(1))) {
      ManagedChannel channel = channel(server);
      var call = Attempt.start(() -> ctx.call(c -> charge(channel)));
      assertThat(Long.parseLong(server.await("left"))).isBetween(1L, 3_600_000L);
      ctx.cancel();
      server.await("cancelled");
      call.thrown(StatusRuntimeException.class);
      close(channel);
    }
  }

  @Test
  void theDeadlineEndsTheCall(Context root) throws Exception {
    try (var server = NodePeer.server();
        var ctx = root.withTimeout(Duration.ofSeconds(1))) {
      ManagedChannel channel = channel(server);
      var call = Attempt.start(() -> ctx.call(c -> charge(channel)));
      StatusRuntimeException failure = call.thrown(StatusRuntimeException.class);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(failure).hasCauseInstanceOf(DeadlineExceededException.class);
      close(channel);
    }
  }
}
