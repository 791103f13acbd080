package dev.belay.http.spi;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.spi.HelperThread;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response, for adapters of clients that block the calling thread. The client
 * runs on a virtual thread that is never interrupted, while the caller waits in a way that the end
 * of the context, or an interrupt, ends at once. That matters twice: the resolution of a name
 * cannot be stopped, so the caller must not wait for it; and an interrupt closes the socket that
 * its virtual thread uses, which may be a connection that others share.
 *
 * <p>An instance serves one exchange.
 *
 * @param <R> the client's response; closing it ends the exchange if its body was not read to the
 *     end
 */
public abstract class BlockingExchange<R extends Closeable> {
  private final SentRequest sent;

  /** Completed by the first of these: the response, a failure, a cancel, an interrupt. */
  private final CompletableFuture<R> response = new CompletableFuture<>();

  /**
   * An exchange that is about to begin.
   *
   * @param method for messages
   * @param uri for messages, which show no user information, query or fragment
   */
  protected BlockingExchange(String method, URI uri) {
    this.sent = new SentRequest(method, uri);
  }

  /**
   * Sends the request and waits for the response's headers. Called once.
   *
   * @throws IOException as the client does
   */
  protected abstract R send() throws IOException;

  /**
   * Aborts the exchange wherever it is, and touches no other: an exchange that is over, whose
   * connection another may have by now, it leaves alone. Idempotent; called on any thread, also
   * before {@link #send}.
   */
  protected abstract void abort();

  /** Whether something of the request was sent. Called on any thread. */
  protected abstract boolean isConnected();

  /**
   * Sends the request under {@code ctx} and waits for the response's headers. The caller owns the
   * response.
   *
   * @throws dev.belay.ContextEndedException if {@code ctx} has ended, or ends before the headers
   *     arrive
   * @throws IOException if the exchange fails otherwise
   * @throws InterruptedException if the calling thread is interrupted; the exchange is aborted
   */
  public final R open(Context ctx) throws IOException, InterruptedException {
    try {
      return ctx.call(new Aborting(), this::headers);
    } catch (IOException | InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("headers threw what it does not declare", e);
    }
  }

  /**
   * The response's body, which obeys {@code ctx} until it was read to its end or closed.
   *
   * @param raw the body as the client hands it out; closing it ends the exchange
   */
  public final ContextBody body(Context ctx, InputStream raw) {
    return new ContextBody(ctx, raw, new Body());
  }

  private R headers(Context ctx) throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    HelperThread.unstarted("belay-http-exchange", ctx.wrap(this::run)).start();
    try {
      return response.get();
    } catch (InterruptedException e) {
      abortUnlessOpen(e);
      throw e;
    } catch (ExecutionException e) {
      throw Failures.cause(e);
    }
  }

  private void run() {
    try {
      R arrived = send();
      if (!response.complete(arrived)) {
        arrived.close();
      }
    } catch (Throwable failure) {
      response.completeExceptionally(failure);
    }
  }

  /** Lets the caller go, then aborts, unless the response has arrived. */
  private void abortUnlessOpen(Throwable why) {
    if (response.completeExceptionally(why)) {
      abort();
    }
  }

  private final class Aborting implements Canceller {
    @Override
    public void cancel(int attempt) {
      abortUnlessOpen(isConnected() ? sent.awaitingHeaders(null) : sent.connecting(null));
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
      return sent.shown();
    }
  }

  private final class Body implements Abortable {
    @Override
    public void abort() {
      BlockingExchange.this.abort();
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public ExchangeAbortedException readingBody(long bytes, @Nullable Throwable failure) {
      return sent.readingBody(bytes, failure);
    }
  }
}
