package dev.belay.apachehttp;

import dev.belay.Context;
import dev.belay.http.spi.BlockingExchange;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.config.Configurable;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;

/**
 * One request. A cancel takes the connection from it in one step, so that it cannot hit another
 * request.
 */
final class ApacheExchange extends BlockingExchange<ClassicHttpResponse> {
  private final HttpClient client;
  private final AbortableRequest request;
  private final HttpClientContext progress = HttpClientContext.create();

  private ApacheExchange(HttpClient client, AbortableRequest request, URI uri) {
    super(request.getMethod(), uri);
    this.client = client;
    this.request = request;
  }

  /** Copies {@code request}: one that was cancelled cannot be sent again. */
  static ApacheExchange of(HttpClient client, ClassicHttpRequest request) throws IOException {
    URI uri;
    try {
      uri = request.getUri();
    } catch (URISyntaxException e) {
      throw new ClientProtocolException("the request's URI is none: " + e.getReason());
    }
    var copy = new AbortableRequest(request.getMethod(), uri);
    copy.setVersion(request.getVersion());
    copy.setHeaders(request.getHeaders());
    copy.setEntity(request.getEntity());
    if (request instanceof Configurable configured) {
      copy.setConfig(configured.getConfig());
    }
    return new ApacheExchange(client, copy, uri);
  }

  void setHeader(String name, String value) {
    request.setHeader(name, value);
  }

  @Override
  protected ClassicHttpResponse send() throws IOException {
    request.sentBy(Thread.currentThread());
    try {
      return client.executeOpen(RoutingSupport.determineHost(request), request, progress);
    } catch (HttpException e) {
      throw new ClientProtocolException(e.getMessage(), e);
    }
  }

  @Override
  protected void abort() {
    request.abort();
  }

  @Override
  protected boolean isConnected() {
    return progress.getEndpointDetails() != null;
  }

  /** The content, whose closing aborts the exchange: Apache's own would first read all the rest. */
  InputStream content(Context ctx, HttpEntity entity) throws IOException {
    var raw =
        new FilterInputStream(entity.getContent()) {
          @Override
          public void close() {
            abort();
          }
        };
    return body(ctx, raw);
  }
}
