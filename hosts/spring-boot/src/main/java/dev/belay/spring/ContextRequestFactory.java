package dev.belay.spring;

import dev.belay.http.client.ContextHttpClient;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/** Makes requests that are sent under the context that is current when they are. */
final class ContextRequestFactory implements ClientHttpRequestFactory {
  private final ContextHttpClient client;
  private final @Nullable Duration readTimeout;

  /**
   * Requests by {@code client}.
   *
   * @param readTimeout how long to wait for a response's headers; null for the context's limit
   */
  ContextRequestFactory(ContextHttpClient client, @Nullable Duration readTimeout) {
    this.client = client;
    this.readTimeout = readTimeout;
  }

  @Override
  public ClientHttpRequest createRequest(URI uri, HttpMethod method) {
    return new SpringRequest(client, uri, method, readTimeout);
  }
}
