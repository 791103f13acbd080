package dev.belay.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.contracts.socket.FaultServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/http-client.md. */
class OkHttpExamples {
  private final OkHttpClient okHttp = new OkHttpClient();

  // @start region=okhttp
  final ContextOkHttpClient client = ContextOkHttpClient.of(okHttp);

  String rate(Context ctx, URI rates) throws IOException, InterruptedException {
    var request = new Request.Builder().url(rates.toString()).build();
    try (var limited = ctx.withTimeout(Duration.ofSeconds(2));
        Response response = client.open(limited, request)) {
      return response.body().string();
    }
  }

  // @end region=okhttp

  @Test
  void sends() throws Exception {
    try (var server = FaultServer.http1()) {
      assertThat(rate(Context.background(), server.uri("/ok"))).isEqualTo("ok");
    }
    okHttp.connectionPool().evictAll();
  }
}
