package dev.belay.http.client;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.spi.Abortable;
import dev.belay.http.spi.ContextBody;
import dev.belay.http.spi.Failures;
import dev.belay.http.spi.SentRequest;
import dev.belay.http.wire.WireHeaders;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response. Until the headers are there the JDK's future stands for it, and
 * {@code cancel(true)} on that future aborts it ({@code cancel(false)} and {@code orTimeout} would
 * only stop the waiting). From then on the body's stream does, and closing that aborts it ({@link
 * RawBody}).
 *
 * <p>Which of the two, {@link #claimed} decides: a short response may be complete before the JDK
 * completes its future, and a {@code cancel(true)} in between closes a connection that is back in
 * the pool, perhaps in use by another request. The same holds for a redirection that the JDK's
 * client follows unseen, so it must not follow any ({@link Redirections}).
 */
final class JdkExchange implements Canceller {
  private final HttpClient client;
  private final HttpRequest request;
  private final WireHeaders headers;
  private final SentRequest exchange;
  private volatile @Nullable CompletableFuture<HttpResponse<InputStream>> sent;

  /** Set by the first of two: the cancel, and the arrival of the headers. */
  private final AtomicBoolean claimed = new AtomicBoolean();

  /** Open once the exchange has been aborted by its future. */
  private final CountDownLatch aborted = new CountDownLatch(1);

  /** Whether the cancel was first. */
  private volatile boolean cancelled;

  private final @Nullable Upload upload;

  /**
   * An exchange that is about to begin.
   *
   * @param exchange what the caller has sent, and when
   */
  JdkExchange(HttpClient client, HttpRequest request, WireHeaders headers, SentRequest exchange) {
    this.client = client;
    this.request = request;
    this.headers = headers;
    this.exchange = exchange;
    this.upload = request.bodyPublisher().map(Upload::new).orElse(null);
  }

  /**
   * Sends the request and waits for the response's headers.
   *
   * @param redirection what has led to the request
   */
  Opened open(Context ctx, @Nullable ReceivedResponse<?> redirection)
      throws IOException, InterruptedException {
    HttpResponse<InputStream> response;
    try {
      response = ctx.call(this, this::headers);
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("headers threw what it does not declare", e);
    }
    InputStream raw = response.body();
    return new Opened(response, redirection, new ContextBody(ctx, raw, new Body(raw)));
  }

  // ---- until the headers are there

  private HttpResponse<InputStream> headers(Context ctx) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var future = client.sendAsync(prepared(ctx), this::arrived);
    sent = future;
    try {
      return future.get();
    } catch (InterruptedException e) {
      discard(future);
      throw e;
    } catch (CancellationException e) {
      throw cancelled ? beforeHeaders(e) : new IOException(e);
    } catch (ExecutionException e) {
      stopUpload();
      throw cancelled ? beforeHeaders(e.getCause()) : Failures.cause(e);
    }
  }

  private void stopUpload() {
    if (upload != null) {
      upload.stop();
    }
  }

  private HttpRequest prepared(Context ctx) {
    var builder = HttpRequest.newBuilder(request, (name, value) -> true);
    headers.write(ctx, builder::setHeader);
    if (upload != null) {
      builder.method(request.method(), upload);
    }
    return builder.build();
  }

  /** The JDK's client calls this when it has the headers, before it reads the body. */
  private BodySubscriber<InputStream> arrived(ResponseInfo head) {
    var subscriber = new RawBody(request, head);
    if (!claimed.compareAndSet(false, true)) {
      awaitAborted();
      closeBody(subscriber.getBody().toCompletableFuture());
    }
    return subscriber;
  }

  /**
   * Keeps the exchange from its end, and its connection from the pool, until the abort that has
   * claimed it is through. The bound is for what we do not know of the JDK's locks; an exchange
   * whose handler throws does not give its connection back either.
   */
  private void awaitAborted() {
    try {
      if (aborted.await(1, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the client is being shut down
    }
    throw new IllegalStateException("the exchange is being aborted");
  }

  private void abort(CompletableFuture<?> future) {
    try {
      future.cancel(true);
    } finally {
      aborted.countDown();
      stopUpload();
    }
  }

  /** Aborts what has no caller waiting for it any more. */
  private void discard(CompletableFuture<HttpResponse<InputStream>> future) {
    if (claimed.compareAndSet(false, true)) {
      abort(future);
    } else {
      closeBody(future.thenApply(HttpResponse::body));
    }
  }

  /** Closes a body as soon as there is one. */
  static void closeBody(CompletableFuture<InputStream> arriving) {
    CompletableFuture<Void> unused =
        arriving.thenAccept(
            body -> {
              try {
                body.close();
              } catch (IOException e) {
                // Its connection is gone, which is what we want.
              }
            });
  }

  private ExchangeAbortedException beforeHeaders(@Nullable Throwable failure) {
    if (upload == null) {
      return exchange.beforeHeaders(failure);
    }
    return upload.isConnected() ? exchange.awaitingHeaders(failure) : exchange.connecting(failure);
  }

  @Override
  public void cancel(int attempt) {
    var future = sent; // null while the request is being sent: the next attempt finds it
    if (future != null && claimed.compareAndSet(false, true)) {
      cancelled = true;
      abort(future);
    }
  }

  @Override
  public boolean explains(Throwable failure) {
    return failure instanceof ExchangeAbortedException;
  }

  @Override
  public String resource() {
    return "HTTP exchange";
  }

  @Override
  public String subject() {
    return exchange.shown();
  }

  // ---- from then on

  private final class Body implements Abortable {
    private final InputStream raw;

    Body(InputStream raw) {
      this.raw = raw;
    }

    @Override
    public void abort() throws IOException {
      try {
        raw.close();
      } finally {
        stopUpload();
      }
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public ExchangeAbortedException readingBody(long bytes, @Nullable Throwable failure) {
      return exchange.readingBody(bytes, failure);
    }
  }
}
