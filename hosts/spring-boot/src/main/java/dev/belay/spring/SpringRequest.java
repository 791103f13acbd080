package dev.belay.spring;

import dev.belay.Context;
import dev.belay.http.client.ContextHttpClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.AbstractClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** One request, whose body is kept until it is sent. */
final class SpringRequest extends AbstractClientHttpRequest {
  /** What the JDK's client sets by itself, and lets no one else set. */
  private static final Set<String> RESTRICTED =
      Set.of("connection", "content-length", "expect", "host", "upgrade");

  private final ContextHttpClient client;
  private final URI uri;
  private final HttpMethod method;
  private final @Nullable Duration readTimeout;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  SpringRequest(
      ContextHttpClient client, URI uri, HttpMethod method, @Nullable Duration readTimeout) {
    this.client = client;
    this.uri = uri;
    this.method = method;
    this.readTimeout = readTimeout;
  }

  @Override
  public HttpMethod getMethod() {
    return method;
  }

  @Override
  public URI getURI() {
    return uri;
  }

  @Override
  protected OutputStream getBodyInternal(HttpHeaders headers) {
    return body;
  }

  @Override
  protected ClientHttpResponse executeInternal(HttpHeaders headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method.name(),
                body.size() == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(body.toByteArray()));
    headers.forEach(
        (name, values) -> {
          if (!RESTRICTED.contains(name.toLowerCase(Locale.ROOT))) {
            values.forEach(value -> request.header(name, value));
          }
        });
    if (readTimeout != null) {
      request.timeout(readTimeout);
    }
    try {
      HttpResponse<InputStream> response = client.open(Context.current(), request.build());
      return new SpringResponse(response);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      var interrupted =
          new InterruptedIOException("interrupted while waiting for " + uri.getHost());
      interrupted.initCause(e);
      throw interrupted;
    }
  }
}
