package dev.belay.grpc;

import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.middleware.ConcurrencyLimit;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.ValueHeader;
import dev.belay.http.wire.WireHeaders;
import dev.belay.testkit.Attempt;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.BlockingClientCall;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/grpc.md. */
class GrpcExamples {
  @AutoClose private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  // @start region=server
  Server start(Context root, int port, Pay.Handler payments) throws IOException {
    return NettyServerBuilder.forPort(port)
        .executor(threads) // Executors.newVirtualThreadPerTaskExecutor()
        .intercept(new ContextServerInterceptor(root, new RequestContexts(Duration.ofSeconds(10))))
        .addService(Pay.service(payments))
        .build()
        .start();
  }

  // @end region=server

  // @start region=client
  ManagedChannel open(String host, int port) {
    return NettyChannelBuilder.forAddress(host, port)
        .usePlaintext()
        .intercept(new ContextClientInterceptor())
        .build();
  }

  // @end region=client

  // @start region=call
  String charge(Context ctx, Channel channel, String order) {
    try (var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
      return limited.call(
          c -> ClientCalls.blockingUnaryCall(channel, Pay.CHARGE, CallOptions.DEFAULT, order));
    }
  }

  // @end region=call

  // @start region=stream
  /** The first answers of a stream, which ends with the block. */
  List<String> first(Context ctx, Channel channel, int count)
      throws InterruptedException, StatusException {
    try (var stream = ctx.withCancel()) {
      BlockingClientCall<String, String> call =
          stream.call(
              c -> ClientCalls.blockingBidiStreamingCall(channel, Pay.TALK, CallOptions.DEFAULT));
      var answers = new ArrayList<String>();
      for (int i = 0; i < count; i++) {
        call.write("next");
        answers.add(call.read());
      }
      return answers;
    } // an interrupt, a failure and a reader who has had enough end the call here
  }

  // @end region=stream

  @Test
  void calls(Context root) throws Exception {
    var seen = new CompletableFuture<Context>();
    var payments =
        new Pay.Handler() {
          @Override
          public StreamObserver<String> talk(StreamObserver<String> answers) {
            seen.complete(Context.current());
            return new Pay.Echo(answers);
          }
        };
    Server server = start(root, 0, payments);
    ManagedChannel channel = open("localhost", server.getPort());
    try {
      assertThat(charge(root, channel, "10")).isEqualTo("10");
      assertThat(first(root, channel, 2)).containsExactly("next", "next");
      assertThat(seen.get().awaitDone(Duration.ofMinutes(1))).isTrue();
      assertThat(seen.get().cause()).isInstanceOf(ClientGoneException.class);
    } finally {
      channel.shutdownNow();
      server.shutdownNow();
      channel.awaitTermination(1, TimeUnit.MINUTES);
      server.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  // @start region=sender
  void rates(String currency, StreamObserver<String> answers) {
    StreamSender.start(
        Context.current(),
        answers,
        sender -> {
          for (int day = 1; day <= 10_000; day++) {
            sender.send(rate(currency, day)); // waits while the client does not read
          }
        });
  }

  // @end region=sender

  private static String rate(String currency, int day) {
    return currency + day;
  }

  @Test
  void sends(Context root) throws Exception {
    var handler =
        new Pay.Handler() {
          @Override
          public void charge(String request, StreamObserver<String> answers) {
            rates(request, answers);
          }
        };
    try (var link = Link.open(root, handler)) {
      var rates =
          ClientCalls.blockingServerStreamingCall(
              link.channel(), Pay.WATCH, CallOptions.DEFAULT, "EUR");
      assertThat(rates).toIterable().hasSize(10_000).contains("EUR1", "EUR10000");
    }
  }

  // @start region=limit
  private final ConcurrencyLimit limit = ConcurrencyLimit.of(1, Duration.ZERO);

  private final Endpoint<String, StreamObserver<String>> charging =
      limit.around((ctx, request, answers) -> charge(ctx, request, answers));

  void limited(String request, StreamObserver<String> answers) {
    try {
      charging.handle(Context.current(), request, answers);
    } catch (Exception e) {
      answers.onError(e); // UNAVAILABLE, when all places are taken
    }
  }

  // @end region=limit

  private final CompletableFuture<Context> charged = new CompletableFuture<>();

  private void charge(Context ctx, String request, StreamObserver<String> answers)
      throws InterruptedException {
    charged.complete(ctx);
    ctx.sleep(Duration.ofHours(1));
  }

  @Test
  void refuses(Context root) throws Exception {
    var handler =
        new Pay.Handler() {
          @Override
          public void charge(String request, StreamObserver<String> answers) {
            limited(request, answers);
          }
        };
    try (var link = Link.open(root, handler);
        var client = root.withCancel()) {
      var first = Attempt.start(() -> client.call(ctx -> link.charge("10")));
      charged.get();
      var second = Attempt.start(() -> link.charge("10"));
      assertThat(second.thrown(StatusRuntimeException.class).getStatus().getCode())
          .isEqualTo(Status.Code.UNAVAILABLE);
      client.cancel();
      first.thrown(StatusRuntimeException.class);
    }
  }

  // @start region=values
  static final WireHeaders HEADERS =
      WireHeaders.NONE.with(new ValueHeader<>("traceparent", Trace.KEY));

  final ContextClientInterceptor out = new ContextClientInterceptor().withHeaders(HEADERS);

  ContextServerInterceptor in(Context root) {
    return new ContextServerInterceptor(root, new RequestContexts(null, HEADERS));
  }

  // @end region=values

  @Test
  void valuesCross(Context root) throws Exception {
    var seen = new CompletableFuture<Context>();
    var handler =
        new Pay.Handler() {
          @Override
          public void charge(String request, StreamObserver<String> answers) {
            seen.complete(Context.current());
            answers.onNext(request);
            answers.onCompleted();
          }
        };
    Trace trace = Trace.start();
    try (var link = Link.open(in(root), out, handler)) {
      root.withValue(Trace.KEY, trace).call(ctx -> link.charge("10"));
    }
    assertThat(seen.get().get(Trace.KEY)).isEqualTo(trace);
  }
}
