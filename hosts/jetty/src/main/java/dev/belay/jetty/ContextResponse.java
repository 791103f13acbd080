package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.spi.HelperThread;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A response as its endpoint sees it. A response that is under way when the context ends is cut
 * off, so that it never looks complete: the connection is aborted, or the HTTP/2 stream reset. A
 * write that fails is reported before the writer gets the failure.
 *
 * <p>What an endpoint may still do under an ended context is to answer with an error, or with a
 * response that it had not begun; that has {@link #LAST_WORD} to go out.
 */
final class ContextResponse extends Response.Wrapper {
  private static final long LAST_WORD = 1_000;
  private static final int LOWEST_ERROR = 400;

  private final Context ctx;
  private final Consumer<Throwable> onFailure;
  private volatile boolean connectionLost;

  // Guarded by the monitor, which is held for these writes only:
  private boolean writing;
  private boolean over;
  private boolean lastWritten;
  private long written;

  ContextResponse(Context ctx, Request request, Response response, Consumer<Throwable> onFailure) {
    super(request, response);
    this.ctx = ctx;
    this.onFailure = onFailure;
  }

  @Override
  public void write(boolean last, ByteBuffer content, Callback callback) {
    count(last, content);
    ContextEndedException ended = mayBegin(ended()) ? null : ended();
    if (ended == null) {
      super.write(last, content, new Write(callback, null));
    } else if (isCommitted() && getStatus() < LOWEST_ERROR) {
      cutOff(ended);
      new Write(callback, null).failed(ended);
    } else {
      Scheduler scheduler = getRequest().getComponents().getScheduler();
      Scheduler.Task limit =
          scheduler.schedule(() -> cutOff(ended), LAST_WORD, TimeUnit.MILLISECONDS);
      super.write(last, content, new Write(callback, limit));
    }
  }

  /**
   * Whether a write begins under an active context, whose end cuts it off. One that begins later is
   * the last word, which {@link #end} leaves alone.
   */
  private synchronized boolean mayBegin(@Nullable ContextEndedException ended) {
    writing = ended == null && !over;
    return writing;
  }

  /** The context has ended: a write that is under way fails; an error is the last word. */
  void end(ContextEndedException ended) {
    boolean underWay;
    synchronized (this) {
      over = true;
      underWay = writing;
    }
    if (underWay && getStatus() < LOWEST_ERROR) {
      cutOff(ended);
    } else if (underWay) {
      getRequest()
          .getComponents()
          .getScheduler()
          .schedule(() -> cutOffUnlessWritten(ended), LAST_WORD, TimeUnit.MILLISECONDS);
    }
  }

  private void cutOffUnlessWritten(ContextEndedException ended) {
    boolean underWay;
    synchronized (this) {
      underWay = writing;
    }
    if (underWay) {
      cutOff(ended);
    }
  }

  private synchronized void written() {
    writing = false;
  }

  /**
   * The endpoint has returned, and Jetty is about to complete the response.
   *
   * @throws ContextEndedException if it has begun, and the context has ended before its last part
   */
  void finish() {
    ContextEndedException ended = ended();
    if (ended != null && isCommitted() && getStatus() < LOWEST_ERROR && !isWhole()) {
      cutOff(ended);
      throw ended;
    }
  }

  private synchronized void count(boolean last, @Nullable ByteBuffer content) {
    lastWritten |= last;
    written += content == null ? 0 : content.remaining();
  }

  private synchronized boolean isWhole() {
    long length = getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
    return lastWritten || (length >= 0 && written >= length);
  }

  /** Whether a write has failed because the connection was lost, not because of the context. */
  boolean isConnectionLost() {
    return connectionLost;
  }

  private void cutOff(ContextEndedException ended) {
    Abort.of(getRequest(), ended);
  }

  private @Nullable ContextEndedException ended() {
    try {
      ctx.throwIfDone();
      return null;
    } catch (ContextEndedException e) {
      return e;
    }
  }

  private final class Write extends Callback.Nested {
    private final Scheduler.@Nullable Task limit;

    Write(Callback callback, Scheduler.@Nullable Task limit) {
      super(callback);
      this.limit = limit;
    }

    @Override
    public void succeeded() {
      done();
      super.succeeded();
    }

    @Override
    public void failed(Throwable failure) {
      done();
      if (ended() == null
          && (failure instanceof EofException || failure instanceof ClosedChannelException)) {
        connectionLost = true;
      }
      // On a thread of its own: this one is Jetty's, and the report may take its time.
      HelperThread.unstarted("belay-write-failed", () -> report(failure)).start();
    }

    private void report(Throwable failure) {
      onFailure.accept(failure);
      ContextEndedException ended = ended();
      super.failed(ended == null ? failure : ended);
    }

    private void done() {
      written();
      if (limit != null) {
        limit.cancel();
      }
    }
  }
}
