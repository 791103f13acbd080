package dev.belay.http.client;

import java.net.URI;
import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A response of which there is the head alone. */
record Head(int statusCode, Version version, HttpHeaders headers)
    implements HttpResponse<@Nullable Void>, HttpResponse.ResponseInfo {

  static Head of(int status, Version version, Map<String, String> fields) {
    Map<String, List<String>> all =
        fields.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, field -> List.of(field.getValue())));
    return new Head(status, version, HttpHeaders.of(all, (name, value) -> true));
  }

  @Override
  public HttpRequest request() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<HttpResponse<@Nullable Void>> previousResponse() {
    return Optional.empty();
  }

  @Override
  public @Nullable Void body() {
    return null;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return Optional.empty();
  }

  @Override
  public URI uri() {
    throw new UnsupportedOperationException();
  }
}
