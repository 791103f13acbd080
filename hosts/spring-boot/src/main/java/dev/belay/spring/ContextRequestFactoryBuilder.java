package dev.belay.spring;

import dev.belay.http.client.ContextHttpClient;
import dev.belay.http.wire.WireHeaders;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.JdkHttpClientBuilder;

/**
 * Builds what {@code RestClient}, {@code RestTemplate} and clients by interface send requests with:
 * the JDK's client under the current context, with the settings of {@code spring.http.clients}. A
 * bean of this type that the application has itself takes its place. Closed with the application,
 * which ends the threads of the clients that were built.
 */
final class ContextRequestFactoryBuilder
    implements ClientHttpRequestFactoryBuilder<ContextRequestFactory>, AutoCloseable {
  private final Queue<HttpClient> built = new ConcurrentLinkedQueue<>();
  private final WireHeaders headers;

  /** Its clients send {@code headers}. */
  ContextRequestFactoryBuilder(WireHeaders headers) {
    this.headers = headers;
  }

  @Override
  public ContextRequestFactory build(@Nullable HttpClientSettings settings) {
    HttpClientSettings known = settings == null ? HttpClientSettings.defaults() : settings;
    // Redirections that the JDK's client follows by itself could not be aborted safely.
    HttpClient jdk =
        new JdkHttpClientBuilder().build(known.withRedirects(HttpRedirects.DONT_FOLLOW));
    built.add(jdk);
    Redirect redirect =
        known.redirects() == HttpRedirects.DONT_FOLLOW ? Redirect.NEVER : Redirect.NORMAL;
    Duration readTimeout = known.readTimeout();
    var client = ContextHttpClient.of(jdk).withHeaders(headers).withRedirects(redirect);
    return new ContextRequestFactory(client, readTimeout);
  }

  @Override
  public void close() {
    built.forEach(HttpClient::shutdownNow);
    built.forEach(HttpClient::close);
    built.clear();
  }
}
