package dev.belay.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
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
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** gRPC's own retries and hedges obey the context of their call. */
class RetryIT {
  private final BlockingQueue<Context> attempts = new LinkedBlockingQueue<>();

  private static ManagedChannel channel(Link link, String policy, Map<String, ?> of) {
    Map<String, ?> method = Map.of("name", List.of(Map.of("service", "pay.Pay")), policy, of);
    return NettyChannelBuilder.forAddress("localhost", link.port())
        .usePlaintext()
        .intercept(new ContextClientInterceptor())
        .defaultServiceConfig(Map.of("methodConfig", List.of(method)))
        .enableRetry()
        .build();
  }

  private static void close(ManagedChannel channel) throws InterruptedException {
    channel.shutdownNow();
    assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
  }

  private Pay.Handler answering(Status status) {
    return new Pay.Handler() {
      @Override
      public void charge(String request, StreamObserver<String> answers) {
        attempts.add(Context.current());
        if (!status.isOk()) {
          answers.onError(status.asRuntimeException());
        }
      }
    };
  }

  private Context attempt() throws InterruptedException {
    Context attempt = attempts.poll(1, TimeUnit.MINUTES);
    assertThat(attempt).isNotNull();
    return attempt;
  }

  private static String charge(ManagedChannel channel) {
    return ClientCalls.blockingUnaryCall(channel, Pay.CHARGE, CallOptions.DEFAULT, "10");
  }

  @Test
  void aCancelEndsEveryHedge(Context root) throws Exception {
    var hedging = Map.of("maxAttempts", 3.0, "hedgingDelay", "0s");
    try (var link = Link.open(root, answering(Status.OK));
        var ctx = root.withCancel()) {
      ManagedChannel channel = channel(link, "hedgingPolicy", hedging);
      var call = Attempt.start(() -> ctx.call(c -> charge(channel)));
      List<Context> hedges = List.of(attempt(), attempt(), attempt());
      ctx.cancel();
      assertThat(call.thrown(StatusRuntimeException.class))
          .hasCauseInstanceOf(ContextCancelledException.class);
      for (Context hedge : hedges) {
        assertThat(hedge.awaitDone(Duration.ofMinutes(1))).isTrue();
        assertThat(hedge.cause()).isInstanceOf(ClientGoneException.class);
      }
      close(channel);
    }
  }

  @Test
  void hedgesShareTheDeadlineOfTheirCall(Context root) throws Exception {
    var hedging = Map.of("maxAttempts", 2.0, "hedgingDelay", "0s");
    try (var link = Link.open(root, answering(Status.OK));
        var ctx = root.withTimeout(Duration.ofHours(1))) {
      ManagedChannel channel = channel(link, "hedgingPolicy", hedging);
      var call = Attempt.start(() -> ctx.call(c -> charge(channel)));
      assertThat(attempt().remainingNanos()).isBetween(1L, Duration.ofHours(1).toNanos());
      assertThat(attempt().remainingNanos()).isBetween(1L, Duration.ofHours(1).toNanos());
      ctx.cancel();
      call.thrown(StatusRuntimeException.class);
      close(channel);
    }
  }

  @Test
  void aCancelEndsTheWaitForTheNextAttempt(Context root) throws Exception {
    var retries =
        Map.of(
            "maxAttempts",
            5.0,
            "initialBackoff",
            "3600s",
            "maxBackoff",
            "3600s",
            "backoffMultiplier",
            1.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE"));
    try (var link = Link.open(root, answering(Status.UNAVAILABLE));
        var ctx = root.withCancel()) {
      ManagedChannel channel = channel(link, "retryPolicy", retries);
      var call = Attempt.start(() -> ctx.call(c -> charge(channel)));
      attempt();
      ctx.cancel();
      assertThat(call.thrown(StatusRuntimeException.class))
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(attempts).isEmpty();
      close(channel);
    }
  }
}
