package dev.belay.servlet;

import dev.belay.http.server.BadRequestException;
import dev.belay.http.server.BodyTooLargeException;
import dev.belay.http.server.HttpMessages;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The messages of servlets, for the middleware of {@code dev.belay.http.server.middleware}. A
 * servlet behind a {@link ContextFilter} runs an endpoint by {@code
 * endpoint.handle(Context.current(), request, response)}.
 */
public enum ServletMessages implements HttpMessages<HttpServletRequest, HttpServletResponse> {
  /** The only one. */
  INSTANCE;

  @Override
  public String method(HttpServletRequest request) {
    return request.getMethod();
  }

  /** Without what a client appends to a path's segments, such as a session's id. */
  @Override
  public String path(HttpServletRequest request) {
    String rest = Objects.requireNonNullElse(request.getPathInfo(), "");
    return request.getContextPath() + request.getServletPath() + rest;
  }

  /** Several fields of one name are one value (RFC 9110, section 5.3). */
  @Override
  public @Nullable String header(HttpServletRequest request, String name) {
    List<String> fields = Collections.list(request.getHeaders(name));
    return fields.isEmpty() ? null : String.join(",", fields);
  }

  @Override
  public void setHeader(HttpServletResponse response, String name, String value) {
    response.setHeader(name, value);
  }

  @Override
  public int status(HttpServletResponse response) {
    return response.getStatus();
  }

  @Override
  public boolean isCommitted(HttpServletResponse response) {
    return response.isCommitted();
  }

  @Override
  public void answer(HttpServletResponse response, int status, String contentType, byte[] body)
      throws IOException {
    response.resetBuffer();
    response.setStatus(status);
    response.setContentType(contentType);
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
    response.flushBuffer();
  }

  @Override
  public OutputStream begin(HttpServletResponse response, int status, String contentType)
      throws IOException {
    response.setStatus(status);
    response.setContentType(contentType);
    return response.getOutputStream();
  }

  @Override
  public void setTrailers(HttpServletResponse response, Supplier<Map<String, String>> trailers) {
    response.setTrailerFields(trailers);
  }

  /** Does nothing without a {@link ContextFilter}. */
  @Override
  public void cutOff(HttpServletRequest request, HttpServletResponse response, Throwable why) {
    Exchange exchange = ContextFilter.exchangeOf(request);
    if (exchange != null) {
      exchange.cutOff(why);
    }
  }

  /** A container that cannot read a body has set the response's status by itself. */
  @Override
  public Throwable translated(HttpServletResponse response, Throwable thrown) {
    if (response.getStatus() != HttpServletResponse.SC_BAD_REQUEST) {
      return thrown;
    }
    var bad = new BadRequestException("the request cannot be understood");
    bad.initCause(thrown);
    return bad;
  }

  @Override
  public HttpServletRequest withBodyLimit(HttpServletRequest request, long bytes) {
    return new Limited(request, bytes);
  }

  private static final class Limited extends HttpServletRequestWrapper {
    private final long limit;
    private @Nullable LimitedStream body;
    private @Nullable BufferedReader reader;

    Limited(HttpServletRequest request, long limit) {
      super(request);
      this.limit = limit;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      if (body == null) {
        body = new LimitedStream(super.getInputStream(), limit);
      }
      return body;
    }

    @Override
    @SuppressWarnings("JdkObsolete") // by name an unknown one is an UnsupportedEncodingException
    public BufferedReader getReader() throws IOException {
      if (reader == null) {
        String sent = getCharacterEncoding();
        reader =
            new BufferedReader(
                new InputStreamReader(
                    getInputStream(), sent == null ? StandardCharsets.ISO_8859_1.name() : sent));
      }
      return reader;
    }
  }

  private static final class LimitedStream extends ServletInputStream {
    private final ServletInputStream body;
    private final long limit;
    private long left; // of the one that reads

    LimitedStream(ServletInputStream body, long limit) {
      this.body = body;
      this.limit = limit;
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      int b = body.read();
      return counted(b, b < 0 ? 0 : 1);
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
      int read = body.read(bytes, offset, count);
      return counted(read, read);
    }

    private int counted(int result, int read) throws BodyTooLargeException {
      left -= Math.max(0, read);
      if (left < 0) {
        throw new BodyTooLargeException(limit);
      }
      return result;
    }

    @Override
    public boolean isFinished() {
      return body.isFinished();
    }

    @Override
    public boolean isReady() {
      return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      body.setReadListener(listener);
    }
  }
}
