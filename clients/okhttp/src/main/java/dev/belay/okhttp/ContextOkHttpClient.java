package dev.belay.okhttp;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.wire.WireHeaders;
import java.io.IOException;
import java.util.Objects;
import okhttp3.Headers;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.BufferedSource;
import okio.Okio;

/**
 * OkHttp under a context. When the context ends, the call is cancelled, wherever it is: resolving a
 * name, connecting, sending, waiting for the headers, in the middle of the body. An HTTP/1.1
 * connection is closed, an HTTP/2 stream is reset, so that the server notices. A context that has
 * ended before sends nothing.
 *
 * <p>What the caller gets then is a {@link ContextEndedException} whose cause, an {@link
 * ExchangeAbortedException}, says how far the exchange had come. A failure that the end did not
 * bring about is thrown as OkHttp reports it.
 *
 * <p>Until the headers are there the call runs on a virtual thread of its own, with the context
 * bound, so that interceptors find it in {@link Context#current()}; of the caller's other
 * thread-locals they see those that an installed {@link dev.belay.spi.ContextCarrier} copies. An
 * interrupt of the caller aborts the exchange then, on every kind of thread. While the body is read
 * an interrupt does what it does in OkHttp: on a platform thread that reads HTTP/1.1 nothing, else
 * the read fails.
 *
 * <p>The deadline is sent to the server as the remaining time, and the trace with it ({@link
 * WireHeaders}); where OkHttp follows a redirection or tries again, it sends the same headers.
 * OkHttp's own time-outs apply besides.
 *
 * <p>Immutable; any thread may use it. The wrapped client belongs to its creator.
 */
public final class ContextOkHttpClient {
  private final OkHttpClient client;
  private final WireHeaders headers;

  private ContextOkHttpClient(OkHttpClient client, WireHeaders headers) {
    this.client = client;
    this.headers = headers;
  }

  /**
   * Puts {@code client} under contexts; sends {@link WireHeaders#DEFAULT}. The connection pool and
   * the dispatcher stay those of {@code client}.
   */
  public static ContextOkHttpClient of(OkHttpClient client) {
    Objects.requireNonNull(client, "client is null: pass new OkHttpClient()");
    OkHttpClient own = client.newBuilder().addNetworkInterceptor(new CancelledCalls()).build();
    return new ContextOkHttpClient(own, WireHeaders.DEFAULT);
  }

  /** The same client, sending other headers. */
  @CheckReturnValue
  public ContextOkHttpClient withHeaders(WireHeaders other) {
    Objects.requireNonNull(other, "headers are null: use WireHeaders.NONE");
    return new ContextOkHttpClient(client, other);
  }

  /**
   * Sends {@code request} and returns when the headers have arrived. The body obeys {@code ctx}
   * until it was read to its end or closed; reading it throws as this method does.
   *
   * <p>The caller owns the response and closes it. One that is neither closed nor read to its end
   * holds its connection, and a registration in {@code ctx}, until {@code ctx} ends.
   *
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the headers arrive
   * @throws IOException if the exchange fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   */
  public Response open(Context ctx, Request request) throws IOException, InterruptedException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() if you do not know which");
    Objects.requireNonNull(request, "request is null: pass what to send");
    Request.Builder prepared = request.newBuilder();
    headers.write(ctx, prepared::header);
    var exchange = new OkHttpExchange(client.newCall(prepared.build()));
    Response response = exchange.open(ctx);
    ResponseBody body = response.body();
    BufferedSource source = Okio.buffer(Okio.source(exchange.body(ctx, body.byteStream())));
    return response
        .newBuilder()
        .body(ResponseBody.create(source, body.contentType(), body.contentLength()))
        .trailers(() -> trailers(ctx, response))
        .build();
  }

  /** These are read behind the body's back. */
  private static Headers trailers(Context ctx, Response response) throws IOException {
    try {
      return response.trailers();
    } catch (IOException e) {
      ctx.throwIfDone(e);
      throw e;
    }
  }
}
