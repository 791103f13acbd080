package dev.belay.http.client;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.spi.ContextBody;
import dev.belay.http.spi.SentRequest;
import dev.belay.http.wire.WireHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's {@link HttpClient} under a context. When the context ends, the exchange is aborted,
 * wherever it is: connecting, in the TLS handshake, sending, waiting for the headers, in the middle
 * of the body. An HTTP/1.1 connection is closed, an HTTP/2 stream is reset, so that the server
 * notices. A context that has ended before sends nothing.
 *
 * <p>What the caller gets then is a {@link ContextEndedException} whose cause, an {@link
 * ExchangeAbortedException}, says how far the exchange had come. A failure that the end did not
 * bring about is thrown as the JDK's client reports it. An interrupt of the calling thread aborts
 * the exchange too.
 *
 * <p>The deadline is sent to the server as the remaining time, and the trace with it ({@link
 * WireHeaders}), anew to where a redirection leads. The deadline is not given to the JDK's client:
 * {@link HttpRequest#timeout()} ends with the headers up to JDK 25, and fails with an exception
 * that is unaware of the context. A request that sets it keeps it.
 *
 * <p>Limits are the JDK's. While a name is resolved or a TCP connection is being made, an aborted
 * caller is free at once; but a name's resolution cannot be stopped and ends on a thread of the
 * client's, and the socket stays until the client looks at it again: three seconds at most with JDK
 * 25, and in no case longer than {@link HttpClient.Builder#connectTimeout}, which is best set. And
 * an HTTP/2 connection over TLS that has just been made is shared a moment before it is detached
 * from the request it was made for: if that one is aborted in between, requests that have joined it
 * fail with "connection closed locally". The same can happen to a request over HTTP/1.1 that gets
 * the connection of one to which the server has sent a challenge, and which is aborted while the
 * JDK's client turns to its {@link java.net.Authenticator}: a client that has none is safe. An
 * HTTP/2 connection is closed by the JDK's client when more than 1,024 answers to aborted requests
 * have come with no new request in between.
 *
 * <p>Immutable; any thread may use it. The wrapped client belongs to its creator, which also closes
 * it.
 */
public final class ContextHttpClient {
  private final HttpClient client;
  private final WireHeaders headers;
  private final Redirect redirects;

  private ContextHttpClient(HttpClient client, WireHeaders headers, Redirect redirects) {
    this.client = client;
    this.headers = headers;
    this.redirects = redirects;
  }

  /**
   * Puts {@code client} under contexts; sends {@link WireHeaders#DEFAULT}, follows no redirection.
   *
   * @throws IllegalArgumentException if {@code client} follows redirections on its own: an abort in
   *     the middle of that would close a connection that another request may have by then
   */
  public static ContextHttpClient of(HttpClient client) {
    Objects.requireNonNull(client, "client is null: pass HttpClient.newHttpClient()");
    Redirect redirects = client.followRedirects();
    if (redirects != Redirect.NEVER) {
      throw new IllegalArgumentException(
          "the client follows redirections on its own, where it cannot be aborted safely:"
              + " build it without followRedirects, and put it under contexts by"
              + " ContextHttpClient.of(client).withRedirects(Redirect."
              + redirects
              + ")");
    }
    return new ContextHttpClient(client, WireHeaders.DEFAULT, Redirect.NEVER);
  }

  /** The same client, sending other headers. */
  @CheckReturnValue
  public ContextHttpClient withHeaders(WireHeaders other) {
    Objects.requireNonNull(other, "headers are null: use WireHeaders.NONE");
    return new ContextHttpClient(client, other, redirects);
  }

  /**
   * The same client, following redirections as an {@link HttpClient} with that policy would: four
   * in a row, and with {@link Redirect#NORMAL} none from HTTPS to HTTP. Another origin does not get
   * the request's {@code Authorization}, {@code Cookie}, {@code Origin} and {@code Referer}.
   */
  @CheckReturnValue
  public ContextHttpClient withRedirects(Redirect policy) {
    Objects.requireNonNull(policy, "policy is null: use Redirect.NEVER");
    return new ContextHttpClient(client, headers, policy);
  }

  /**
   * Sends {@code request} and returns when the headers have arrived. The body obeys {@code ctx}
   * until it was read to its end or closed; reading it throws as this method does.
   *
   * <p>The caller owns the body and closes it. One that is neither closed nor read to its end holds
   * its connection, and a registration in {@code ctx}, until {@code ctx} ends.
   *
   * <p>A thread that is interrupted while it reads the body gets an {@link IOException} caused by
   * an {@link InterruptedException}, with the interrupt flag set, and the exchange is aborted.
   *
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the headers arrive
   * @throws IOException if the exchange fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   * @throws IllegalArgumentException if the JDK's client cannot send such a request
   */
  public HttpResponse<InputStream> open(Context ctx, HttpRequest request)
      throws IOException, InterruptedException {
    Opened response = exchange(ctx, request);
    return response.with(response.body());
  }

  private Opened exchange(Context ctx, HttpRequest request)
      throws IOException, InterruptedException {
    Objects.requireNonNull(ctx, "ctx is null: pass Context.todo() if you do not know which");
    Objects.requireNonNull(request, "request is null: pass what to send");
    var sent = new SentRequest(request.method(), request.uri());
    Opened response = new JdkExchange(client, request, headers, sent).open(ctx, null);
    HttpRequest next = request;
    for (int requests = 1; requests < Redirections.MOST_REQUESTS; requests++) {
      next = response.follow(redirects, next);
      if (next == null) {
        break;
      }
      response = new JdkExchange(client, next, headers, sent).open(ctx, response.withoutBody());
    }
    return response;
  }

  /**
   * Sends {@code request} and returns when the headers have arrived; the body is read line by line,
   * as the stream is: fit for server-sent events. The stream ends with {@code ctx} as the body of
   * {@link #open} does, and its owner closes it like that. What fails in it fails with an {@link
   * java.io.UncheckedIOException}.
   *
   * <p>Lines are decoded as the response's {@code Content-Type} says, else as UTF-8.
   *
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the headers arrive
   * @throws IOException if the exchange fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   */
  public HttpResponse<Stream<String>> openLines(Context ctx, HttpRequest request)
      throws IOException, InterruptedException {
    Opened response = exchange(ctx, request);
    return response.with(Lines.of(response.head().headers(), response.body()));
  }

  /**
   * Sends {@code request} and returns when the headers have arrived; the body comes as its one
   * subscriber requests it, on a virtual thread that the subscription starts. When {@code ctx} ends
   * the subscriber gets {@code onError}, with what {@link #open}'s body throws. Cancelling the
   * subscription aborts the exchange.
   *
   * <p>A publisher without a subscriber holds its connection, and a registration in {@code ctx},
   * until {@code ctx} ends.
   *
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the headers arrive
   * @throws IOException if the exchange fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   */
  public HttpResponse<Flow.Publisher<List<ByteBuffer>>> openPublisher(
      Context ctx, HttpRequest request) throws IOException, InterruptedException {
    Opened response = exchange(ctx, request);
    return response.with(new FlowBody(ctx, response.body()));
  }

  /**
   * Sends {@code request} and returns when {@code handler} has the whole body, which it is fed on
   * the calling thread. Nothing is left open, whatever happens.
   *
   * @param handler any that takes in the body, like {@code BodyHandlers.ofString()}; not one that
   *     hands out a body still to be read: instead of {@code ofInputStream()}, {@code ofLines()}
   *     and {@code ofPublisher()} use {@link #open}, {@link #openLines} and {@link #openPublisher}
   * @throws ContextEndedException if {@code ctx} has ended, or ends before the body is complete
   * @throws IOException if the exchange or the handler fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   * @throws IllegalArgumentException if the JDK's client cannot send such a request, or the handler
   *     hands out a body still to be read
   */
  public <T extends @Nullable Object> HttpResponse<T> send(
      Context ctx, HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    Objects.requireNonNull(handler, "handler is null: use BodyHandlers.discarding()");
    Opened response = exchange(ctx, request);
    try (ContextBody body = response.body()) {
      return response.with(BodyFeed.feed(ctx, body, handler.apply(response.with(body))));
    } catch (IOException e) {
      Opened.throwIfInterrupted(e);
      throw e;
    }
  }
}
