package dev.belay.apachehttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.contracts.socket.FaultServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.BasicHttpClientResponseHandler;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/http-client.md. */
class ApacheHttpExamples {
  private final CloseableHttpClient apache = HttpClients.createDefault();

  // @start region=apache
  final ContextApacheHttpClient client = ContextApacheHttpClient.of(apache);

  String rate(Context ctx, URI rates) throws IOException, InterruptedException {
    try (var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
      return client.execute(limited, new HttpGet(rates), new BasicHttpClientResponseHandler());
    }
  }

  // @end region=apache

  @AfterEach
  void close() throws IOException {
    apache.close();
  }

  @Test
  void sends() throws Exception {
    try (var server = FaultServer.http1()) {
      assertThat(rate(Context.background(), server.uri("/ok"))).isEqualTo("ok");
    }
  }
}
