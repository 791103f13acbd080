package dev.belay.http.client;

import dev.belay.Context;
import dev.belay.contracts.client.ClientRequest;
import dev.belay.contracts.client.ClientResponse;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

/** The JDK's client as the contracts want it. */
class JdkClientUnderTest implements ClientUnderTest {
  private final HttpClient jdk;
  private final ContextHttpClient client;

  JdkClientUnderTest(ClientSettings settings) {
    jdk =
        HttpClient.newBuilder()
            .version(settings.http2() ? Version.HTTP_2 : Version.HTTP_1_1)
            .sslContext(settings.trust())
            .build();
    client = ContextHttpClient.of(jdk).withRedirects(HttpClient.Redirect.NORMAL);
  }

  @Override
  public ClientResponse open(Context ctx, ClientRequest request) throws Exception {
    var builder = HttpRequest.newBuilder(request.uri());
    request.fields().forEach(builder::header);
    if (request.file() != null) {
      builder.POST(ContextBodyPublishers.ofFile(request.file()));
    } else if (request.length() > 0) {
      builder.POST(BodyPublishers.ofByteArray(new byte[request.length()]));
    }
    HttpResponse<InputStream> response = open(client, ctx, builder.build());
    return new ClientResponse(response.statusCode(), response.body());
  }

  HttpResponse<InputStream> open(ContextHttpClient client, Context ctx, HttpRequest request)
      throws IOException, InterruptedException {
    return client.open(ctx, request);
  }

  @Override
  public void close() {
    jdk.shutdownNow();
    jdk.close();
  }
}
