package dev.belay.grpc;

import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.TraceState;
import dev.belay.http.wire.ValueHeader;
import dev.belay.http.wire.WireHeaders;
import dev.belay.testkit.Attempt;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What crosses from a client's context to a server's: the deadline, a cancel, values. */
class CrossingIT {
  private final CompletableFuture<Context> leaf = new CompletableFuture<>();

  /** Works until its context ends. */
  private final Pay.Handler endless =
      new Pay.Handler() {
        @Override
        public void charge(String request, StreamObserver<String> answers) {
          Context ctx = Context.current();
          leaf.complete(ctx);
          try {
            ctx.sleep(Duration.ofHours(1));
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        }
      };

  /** Asks the next server, under the call's context. */
  private static Pay.Handler hop(Link next) {
    return new Pay.Handler() {
      @Override
      public void charge(String request, StreamObserver<String> answers) {
        answers.onNext(next.charge(request));
        answers.onCompleted();
      }
    };
  }

  private Context awaitLeaf() throws Exception {
    Context ctx = leaf.get();
    assertThat(ctx.awaitDone(Duration.ofMinutes(1))).isTrue();
    return ctx;
  }

  @Test
  void aCancelCrossesThreeHops(Context root) throws Exception {
    try (var third = Link.open(root, endless);
        var second = Link.open(root, hop(third));
        var first = Link.open(root, hop(second));
        var client = root.withCancel()) {
      var call = Attempt.start(() -> client.call(ctx -> first.charge("10")));
      leaf.get();
      client.cancel();
      call.thrown(StatusRuntimeException.class);
      Context ended = awaitLeaf();
      assertThat(ended).endedWith(dev.belay.Status.CANCELLED);
      assertThat(ended.cause()).isInstanceOf(ClientGoneException.class);
    }
  }

  @Test
  void aDeadlineCrossesThreeHops(Context root) throws Exception {
    try (var third = Link.open(root, endless);
        var second = Link.open(root, hop(third));
        var first = Link.open(root, hop(second));
        var client = root.withTimeout(Duration.ofHours(1))) {
      var call = Attempt.start(() -> client.call(ctx -> first.charge("10")));
      long left = leaf.get().remainingNanos();
      assertThat(left).isBetween(1L, Duration.ofHours(1).toNanos());
      client.cancel();
      call.thrown(StatusRuntimeException.class);
      awaitLeaf();
    }
  }

  @Test
  void aDeadlineThatPassesEndsAllHops(Context root) throws Exception {
    try (var third = Link.open(root, endless);
        var second = Link.open(root, hop(third));
        var first = Link.open(root, hop(second));
        var client = root.withTimeout(Duration.ofSeconds(1))) {
      var call = Attempt.start(() -> client.call(ctx -> first.charge("10")));
      StatusRuntimeException failure = call.thrown(StatusRuntimeException.class);
      assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    } // the leak extension looks whether the servers' contexts have ended
  }

  @Test
  void everyKindOfCallRunsUnderAContextThatIsClosedAfterIt(Context root) throws Exception {
    try (var link = Link.open(root, new Pay.Handler() {});
        var ctx = root.withTimeout(Duration.ofHours(1))) {
      var channel = link.channel();
      ctx.run(
          c -> {
            assertThat(link.charge("a")).isEqualTo("a");
            assertThat(
                    ClientCalls.blockingServerStreamingCall(
                        channel, Pay.WATCH, CallOptions.DEFAULT, "b"))
                .toIterable()
                .containsExactly("b");
            var collect =
                ClientCalls.blockingClientStreamingCall(channel, Pay.COLLECT, CallOptions.DEFAULT);
            collect.write("c");
            collect.halfClose();
            assertThat(collect.read()).isEqualTo("c");
            assertThat(collect.read()).isNull();
            var answers = new Answers();
            var requests =
                ClientCalls.asyncBidiStreamingCall(
                    channel.newCall(Pay.TALK, CallOptions.DEFAULT), answers);
            requests.onNext("d");
            requests.onNext("e");
            requests.onCompleted();
            assertThat(answers.all().get()).containsExactly("d", "e");
          });
    }
  }

  // ---- values

  private static final ContextKey<String> TENANT =
      ContextKey.named("tenant", String.class)
          .travelling(
              new ContextKey.Codec<>() {
                @Override
                public String encode(String tenant) {
                  return tenant;
                }

                @Override
                public String decode(String text) {
                  if (text.equals("refused")) {
                    throw new IllegalArgumentException("no such tenant");
                  }
                  return text;
                }
              });
  private static final WireHeaders HEADERS =
      WireHeaders.DEFAULT.with(new ValueHeader<>("X-Tenant", TENANT));

  private Link open(Context root) throws Exception {
    var handler =
        new Pay.Handler() {
          @Override
          public void charge(String request, StreamObserver<String> answers) {
            leaf.complete(Context.current());
            answers.onNext(request);
            answers.onCompleted();
          }
        };
    return Link.open(
        new ContextServerInterceptor(root, new RequestContexts(null, HEADERS)),
        new ContextClientInterceptor().withHeaders(HEADERS),
        handler);
  }

  @Test
  void valuesThatTravelCross(Context root) throws Exception {
    Trace trace = Trace.start().withState(TraceState.parse("b=2,a=1"));
    try (var link = open(root)) {
      root.withValue(TENANT, "acme").withValue(Trace.KEY, trace).call(ctx -> link.charge("10"));
    }
    assertThat(leaf.get().get(TENANT)).isEqualTo("acme");
    assertThat(leaf.get().get(Trace.KEY)).isEqualTo(trace);
  }

  @Test
  void aContextsValueReplacesWhatTheMetadataHas(Context root) throws Exception {
    var stale = new Metadata();
    stale.put(Metadata.Key.of("x-tenant", Metadata.ASCII_STRING_MARSHALLER), "stale");
    try (var link = open(root)) {
      var channel =
          io.grpc.ClientInterceptors.intercept(
              link.channel(), MetadataUtils.newAttachHeadersInterceptor(stale));
      root.withValue(TENANT, "acme")
          .call(
              ctx -> ClientCalls.blockingUnaryCall(channel, Pay.CHARGE, CallOptions.DEFAULT, "10"));
    }
    assertThat(leaf.get().get(TENANT)).isEqualTo("acme");
  }

  @Test
  void aValueThatItsCodecRefusesIsNotThere(Context root) throws Exception {
    try (var link = open(root)) {
      root.withValue(TENANT, "refused").call(ctx -> link.charge("10"));
    }
    assertThat(leaf.get().get(TENANT)).isNull();
  }

  @Test
  void noValueIsSentThatDoesNotTravel(Context root) throws Exception {
    var silent = ContextKey.named("password", String.class);
    try (var link = open(root)) {
      root.withValue(silent, "secret").call(ctx -> link.charge("10"));
    }
    assertThat(List.of(leaf.get().toString())).noneMatch(text -> text.contains("secret"));
    assertThat(leaf.get().get(silent)).isNull();
  }
}
