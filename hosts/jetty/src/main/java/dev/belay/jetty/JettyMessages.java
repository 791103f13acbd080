package dev.belay.jetty;

import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.BodyTooLargeException;
import dev.belay.http.server.HttpMessages;
import dev.belay.spi.Causes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** Jetty's messages, for the middleware of {@code dev.belay.http.server.middleware}. */
public enum JettyMessages implements HttpMessages<Request, Response> {
  /** The only one. */
  INSTANCE;

  @Override
  public String method(Request request) {
    return request.getMethod();
  }

  @Override
  public String path(Request request) {
    return request.getHttpURI().getCanonicalPath();
  }

  /** Several fields of one name are one value (RFC 9110, section 5.3). */
  @Override
  public @Nullable String header(Request request, String name) {
    var fields = request.getHeaders();
    return fields.contains(name) ? String.join(",", fields.getValuesList(name)) : null;
  }

  @Override
  public void setHeader(Response response, String name, String value) {
    response.getHeaders().put(name, value);
  }

  @Override
  public int status(Response response) {
    return response.getStatus();
  }

  @Override
  public boolean isCommitted(Response response) {
    return response.isCommitted();
  }

  @Override
  public void answer(Response response, int status, String contentType, byte[] body)
      throws IOException {
    if (!response.getRequest().consumeAvailable()) {
      // A body that is not waited for costs the connection: a client that does not know that sends
      // its next request into it.
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
    }
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    Content.Sink.write(response, true, ByteBuffer.wrap(body));
  }

  @Override
  public OutputStream begin(Response response, int status, String contentType) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    return Content.Sink.asOutputStream(response);
  }

  @Override
  public void setTrailers(Response response, Supplier<Map<String, String>> trailers) {
    response.setTrailersSupplier(
        () -> {
          HttpFields.Mutable fields = HttpFields.build();
          trailers.get().forEach((name, value) -> fields.put(name, value));
          return fields;
        });
  }

  @Override
  public void cutOff(Request request, Response response, Throwable why) {
    Abort.of(request, why);
  }

  @Override
  public Throwable translated(Response response, Throwable thrown) {
    var known = (HttpException) Causes.first(thrown, HttpException.class::isInstance);
    if (known == null || !HttpStatus.isClientError(known.getCode())) {
      return thrown;
    }
    var bad = new BadRequestException(known.getReason());
    bad.initCause(thrown);
    return bad;
  }

  @Override
  public Request withBodyLimit(Request request, long bytes) {
    return new Limited(request, bytes);
  }

  private static final class Limited extends Request.Wrapper {
    private final long limit;
    private long left; // of the one that reads

    Limited(Request request, long limit) {
      super(request);
      this.limit = limit;
      this.left = limit;
    }

    @Override
    public Content.@Nullable Chunk read() {
      Content.Chunk chunk = super.read();
      if (chunk == null || Content.Chunk.isFailure(chunk)) {
        return chunk;
      }
      left -= chunk.remaining();
      if (left >= 0) {
        return chunk;
      }
      chunk.release();
      return Content.Chunk.from(new BodyTooLargeException(limit), true);
    }
  }
}
