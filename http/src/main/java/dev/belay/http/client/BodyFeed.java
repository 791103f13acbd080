package dev.belay.http.client;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.spi.ContextBody;
import dev.belay.http.spi.Failures;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a body to a subscriber on the calling thread, as it asks for it. So every kind of body goes
 * through the one stream that obeys the context.
 */
final class BodyFeed implements Flow.Subscription {
  private static final int CHUNK = 16 * 1024;

  // Guarded by this:
  private long demand;
  private boolean cancelled;
  private @Nullable IllegalArgumentException misuse;

  private BodyFeed() {}

  /** What {@code subscriber} makes of {@code body}. The caller closes the body. */
  static <T extends @Nullable Object> T feed(
      Context ctx, ContextBody body, BodySubscriber<T> subscriber)
      throws IOException, InterruptedException {
    var feed = new BodyFeed();
    subscriber.onSubscribe(feed);
    CompletableFuture<T> result = subscriber.getBody().toCompletableFuture();
    if (result.isDone() && !result.isCompletedExceptionally()) {
      throw new IllegalArgumentException(
          "the body handler hands out a body still to be read:"
              + " use open, openLines or openPublisher instead of send");
    }
    // A subscriber with a result asks for nothing more, and need not cancel.
    CompletableFuture<T> finished = result.whenComplete((value, failure) -> feed.cancel());
    try {
      feed.run(ctx, body, subscriber);
      return finished.isDone() ? finished.get() : await(ctx, body, finished);
    } catch (ExecutionException e) {
      throw Failures.cause(e);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      subscriber.onError(e);
      throw e;
    }
  }

  private static <T extends @Nullable Object> T await(
      Context ctx, ContextBody body, CompletableFuture<T> result)
      throws ExecutionException, InterruptedException {
    try {
      return ctx.await(result);
    } catch (ContextEndedException e) {
      body.throwIfEnded();
      throw e;
    }
  }

  /** Feeds a subscriber that has no result, until it cancels or the body ends. Closes the body. */
  static void feed(
      Context ctx, ContextBody body, Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    var feed = new BodyFeed();
    try {
      subscriber.onSubscribe(feed);
      feed.run(ctx, body, subscriber);
    } catch (Throwable e) {
      subscriber.onError(e);
    } finally {
      body.discard();
    }
  }

  private void run(
      Context ctx, ContextBody body, Flow.Subscriber<? super List<ByteBuffer>> subscriber)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[CHUNK];
    while (awaitDemand(ctx, body)) {
      int count = body.read(buffer);
      if (count < 0) {
        subscriber.onComplete();
        return;
      }
      subscriber.onNext(List.of(ByteBuffer.wrap(Arrays.copyOf(buffer, count)).asReadOnlyBuffer()));
    }
  }

  // ---- demand, which a subscriber may state on any thread

  /** Takes one piece of demand; false when the subscriber wants nothing more. */
  private boolean awaitDemand(Context ctx, ContextBody body) throws InterruptedException {
    if (!isAsked()) {
      try {
        ctx.runInterruptibly(unused -> awaitAsked());
      } catch (ContextEndedException e) {
        body.throwIfEnded();
        throw e;
      }
    }
    return take();
  }

  private synchronized boolean isAsked() {
    return demand > 0 || cancelled;
  }

  private synchronized void awaitAsked() throws InterruptedException {
    while (!isAsked()) {
      wait();
    }
  }

  private synchronized boolean take() {
    if (misuse != null) {
      throw misuse;
    }
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    return !cancelled;
  }

  @Override
  public synchronized void request(long n) {
    if (n <= 0) {
      misuse = new IllegalArgumentException("the body handler has requested " + n + " pieces");
      cancelled = true;
    } else {
      demand = demand > Long.MAX_VALUE - n ? Long.MAX_VALUE : demand + n;
    }
    notifyAll();
  }

  @Override
  public synchronized void cancel() {
    cancelled = true;
    notifyAll();
  }
}
