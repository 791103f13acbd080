package dev.belay.apachehttp;

import dev.belay.Context;
import dev.belay.contracts.client.ClientRequest;
import dev.belay.contracts.client.ClientResponse;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientUnderTest;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.FileEntity;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;

/** Apache's client as the contracts want it. */
final class ApacheClientUnderTest implements ClientUnderTest {
  private final CloseableHttpClient apache;
  private final ContextApacheHttpClient client;

  ApacheClientUnderTest(ClientSettings settings) {
    apache =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setTlsSocketStrategy(new DefaultClientTlsStrategy(settings.trust()))
                    .setMaxConnPerRoute(64)
                    .setMaxConnTotal(64)
                    .build())
            .build();
    client = ContextApacheHttpClient.of(apache);
  }

  @Override
  public ClientResponse open(Context ctx, ClientRequest request) throws Exception {
    HttpEntity body = body(request);
    var builder =
        body == null
            ? ClassicRequestBuilder.get(request.uri())
            : ClassicRequestBuilder.post(request.uri()).setEntity(body);
    request.fields().forEach(builder::addHeader);
    ClassicHttpResponse response = client.open(ctx, builder.build());
    return new ClientResponse(
        response.getCode(),
        response.getEntity() == null
            ? InputStream.nullInputStream()
            : response.getEntity().getContent());
  }

  private static HttpEntity body(ClientRequest request) {
    if (request.file() != null) {
      return new FileEntity(request.file().toFile(), ContentType.APPLICATION_OCTET_STREAM);
    }
    return request.length() == 0
        ? null
        : new ByteArrayEntity(new byte[request.length()], ContentType.APPLICATION_OCTET_STREAM);
  }

  @Override
  public void close() throws IOException {
    apache.close();
  }
}
