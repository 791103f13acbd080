package dev.belay.apachehttp;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.wire.WireHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.HttpClientResponseHandler;
import org.jspecify.annotations.Nullable;

/**
 * Apache's classic {@link HttpClient} under a context. When the context ends, the exchange is
 * aborted, wherever it is: waiting for a connection of the pool, resolving a name, connecting,
 * sending, waiting for the headers, in the middle of the body. Its connection is closed, so that
 * the server notices. A context that has ended before sends nothing.
 *
 * <p>What the caller gets then is a {@link ContextEndedException} whose cause, an {@link
 * ExchangeAbortedException}, says how far the exchange had come. A failure that the end did not
 * bring about is thrown as Apache's client reports it.
 *
 * <p>Until the headers are there the request runs on a virtual thread of its own, with the context
 * bound, so that interceptors find it in {@link Context#current()}; of the caller's other
 * thread-locals they see those that an installed {@link dev.belay.spi.ContextCarrier} copies. An
 * interrupt of the caller aborts the exchange then, on every kind of thread. While the body is read
 * an interrupt does what it does in Apache's client: on a platform thread nothing, on a virtual one
 * the read fails.
 *
 * <p>The deadline is sent to the server as the remaining time, and the trace with it ({@link
 * WireHeaders}); where the client follows a redirection or tries again, it sends the same headers.
 * Its own time-outs apply besides.
 *
 * <p>Immutable; any thread may use it. The wrapped client belongs to its creator, which also closes
 * it.
 */
public final class ContextApacheHttpClient {
  private final HttpClient client;
  private final WireHeaders headers;

  private ContextApacheHttpClient(HttpClient client, WireHeaders headers) {
    this.client = client;
    this.headers = headers;
  }

  /** Puts {@code client} under contexts; sends {@link WireHeaders#DEFAULT}. */
  public static ContextApacheHttpClient of(HttpClient client) {
    Objects.requireNonNull(client, "client is null: pass HttpClients.createDefault()");
    return new ContextApacheHttpClient(client, WireHeaders.DEFAULT);
  }

  /** The same client, sending other headers. */
  @CheckReturnValue
  public ContextApacheHttpClient withHeaders(WireHeaders other) {
    Objects.requireNonNull(other, "headers are null: use WireHeaders.NONE");
    return new ContextApacheHttpClient(client, other);
  }

  /**
   * Sends {@code request} and returns when the headers have arrived. The body obeys {@code ctx}
   * until it was read to its end or closed; reading it throws as this method does.
   *
   * <p>The caller owns the response and closes it. One that is neither closed nor read to its end
   * holds its connection, and a registration in {@code ctx}, until {@code ctx} ends. Closing one
   * that was not read to its end closes its connection, and so does {@code EntityUtils.consume}.
   *
   * @param request left as it is: a copy is sent
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the headers arrive
   * @throws IOException if the exchange fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   */
  public ClassicHttpResponse open(Context ctx, ClassicHttpRequest request)
      throws IOException, InterruptedException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() if you do not know which");
    Objects.requireNonNull(request, "request is null: pass what to send");
    ApacheExchange exchange = ApacheExchange.of(client, request);
    headers.write(ctx, exchange::setHeader);
    ClassicHttpResponse response = exchange.open(ctx);
    HttpEntity entity = response.getEntity();
    if (entity != null) {
      response.setEntity(new ContextEntity(entity, exchange.content(ctx, entity)));
    }
    return response;
  }

  /**
   * Sends {@code request} and returns what {@code handler} makes of the response, on the calling
   * thread. Nothing is left open, whatever happens; what the handler has not read of the body is
   * read, so that the connection can be used again.
   *
   * @param request left as it is: a copy is sent
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the handler is done with
   *     the body
   * @throws IOException if the exchange or the handler fails otherwise
   * @throws InterruptedException if the calling thread is interrupted before the headers are there;
   *     the exchange is aborted
   */
  public <T extends @Nullable Object> T execute(
      Context ctx, ClassicHttpRequest request, HttpClientResponseHandler<? extends T> handler)
      throws IOException, InterruptedException {
    Objects.requireNonNull(handler, "handler is null: use open(ctx, request)");
    try (ClassicHttpResponse response = open(ctx, request)) {
      T result = handler.handleResponse(response);
      if (response.getEntity() != null) { // unread, the connection could not be used again
        response.getEntity().writeTo(OutputStream.nullOutputStream());
      }
      return result;
    } catch (HttpException e) {
      throw new ClientProtocolException(e.getMessage(), e);
    }
  }
}
