package dev.belay.spring;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;

/** A response whose body is read under the context that it was requested under. */
final class SpringResponse implements ClientHttpResponse {
  private final HttpResponse<InputStream> response;
  private final HttpHeaders headers = new HttpHeaders();

  SpringResponse(HttpResponse<InputStream> response) {
    this.response = response;
    response.headers().map().forEach(headers::addAll);
  }

  @Override
  public HttpStatusCode getStatusCode() {
    return HttpStatusCode.valueOf(response.statusCode());
  }

  @Override
  public String getStatusText() {
    HttpStatus known = HttpStatus.resolve(response.statusCode());
    return known == null ? "" : known.getReasonPhrase();
  }

  @Override
  public HttpHeaders getHeaders() {
    return headers;
  }

  @Override
  public InputStream getBody() {
    return response.body();
  }

  /** Ends an exchange whose body was not read to its end. */
  @Override
  public void close() {
    try {
      response.body().close();
    } catch (IOException e) {
      // The connection is gone, which is what closing an unread body is for.
    }
  }
}
