package dev.belay.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.contracts.socket.FaultServer;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.ExchangeAbortedException.Phase;
import dev.belay.http.wire.Trace;
import dev.belay.http.wire.WireHeaders;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.faults.StalledServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContextOkHttpClientIT {
  private final Context root = Context.background();
  private final CompletableFuture<Context> seen = new CompletableFuture<>();
  private FaultServer server;
  private OkHttpClient okHttp;
  private ContextOkHttpClient client;

  @BeforeEach
  void open() throws IOException {
    server = FaultServer.http1();
    okHttp =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  seen.complete(Context.current());
                  return chain.proceed(chain.request());
                })
            .build();
    client = ContextOkHttpClient.of(okHttp);
  }

  @AfterEach
  void close() throws Exception {
    okHttp.connectionPool().evictAll();
    server.open.await(0);
    server.close();
  }

  private Request get(String path) {
    return new Request.Builder().url(server.uri(path).toString()).build();
  }

  @Test
  void theBodyKeepsItsTypeAndLength() throws Exception {
    try (Response response = client.open(root, get("/latin"))) {
      assertThat(response.body().contentLength()).isEqualTo(1);
      assertThat(response.body().string()).isEqualTo("ä");
    }
  }

  @Test
  void interceptorsFindTheContext() throws Exception {
    Trace trace = Trace.start();
    Context ctx = root.withValue(Trace.KEY, trace);
    client.open(ctx, get("/ok")).close();
    assertThat(seen.get().get(Trace.KEY)).isSameAs(trace);
  }

  @Test
  void nothingIsSentOnRequest() throws Exception {
    try (var ctx = root.withTimeout(Duration.ofHours(1));
        Response response = client.withHeaders(WireHeaders.NONE).open(ctx, get("/field"))) {
      assertThat(response.body().string()).isEqualTo("none");
    }
  }

  /** Faults, A6: {@code trailers()} before, in the midst of and behind the body. */
  @ParameterizedTest
  @ValueSource(ints = {0, 4, Integer.MAX_VALUE})
  void theEndIsWhatTrailersThrow(int bytesRead) throws Exception {
    try (var stalled = StalledServer.atTrailers();
        var ctx = root.withCancel()) {
      var request = new Request.Builder().url(stalled.uri().toString()).build();
      var attempt =
          Attempt.start(
              () -> {
                try (Response response = client.open(ctx, request)) {
                  response.body().byteStream().readNBytes(bytesRead);
                  return response.trailers();
                }
              });
      stalled.awaitStalled(1);
      attempt.awaitBlocked();
      ctx.cancel();
      attempt.thrown(ContextCancelledException.class);
    }
  }

  @Test
  void theEndTellsHowFarItHadCome() throws Exception {
    try (var ctx = root.withCancel()) {
      var attempt = Attempt.start(() -> client.open(ctx, get("/hang")));
      server.busy.await(1);
      ctx.cancel();
      Throwable cause = attempt.thrown(ContextCancelledException.class).getCause();
      assertThat(cause)
          .isInstanceOfSatisfying(
              ExchangeAbortedException.class,
              aborted -> assertThat(aborted.phase()).isEqualTo(Phase.AWAITING_HEADERS));
    }
    server.gone.await(1);
  }
}
