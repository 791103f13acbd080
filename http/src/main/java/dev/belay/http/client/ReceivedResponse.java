package dev.belay.http.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A response as the JDK's client has received it, with another body.
 *
 * @param redirection what led to it
 */
record ReceivedResponse<T extends @Nullable Object>(
    HttpResponse<?> received, @Nullable ReceivedResponse<?> redirection, @Nullable T body)
    implements HttpResponse<T>, HttpResponse.ResponseInfo {

  @Override
  public int statusCode() {
    return received.statusCode();
  }

  @Override
  public HttpRequest request() {
    return received.request();
  }

  /** Challenges, whose bodies the JDK's client has dropped, and redirections. */
  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    HttpResponse<?> challenge = received.previousResponse().orElse(null);
    if (challenge != null) {
      return Optional.of(new ReceivedResponse<>(challenge, redirection, null));
    }
    return Optional.ofNullable(redirection)
        .map(last -> new ReceivedResponse<>(last.received, last.redirection, null));
  }

  @Override
  public HttpHeaders headers() {
    return received.headers();
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return received.sslSession();
  }

  @Override
  public URI uri() {
    return received.uri();
  }

  @Override
  public HttpClient.Version version() {
    return received.version();
  }
}
