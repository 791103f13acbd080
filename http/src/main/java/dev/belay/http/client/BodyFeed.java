package dev.belay.http.client;

import dev.belay.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a body to one of the JDK's body subscribers on the calling thread, as it asks for it. So
 * every kind of body goes through the one stream that obeys the context.
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
      Context ctx, InputStream body, BodySubscriber<T> subscriber)
      throws IOException, InterruptedException {
    var feed = new BodyFeed();
    subscriber.onSubscribe(feed);
    CompletableFuture<T> result = subscriber.getBody().toCompletableFuture();
    if (result.isDone() && !result.isCompletedExceptionally()) {
      throw new IllegalArgumentException(
          "the body handler hands out a body still to be read: use open(ctx, request)");
    }
    // Who has a result asks for nothing more, and need not say so.
    CompletableFuture<T> settled = result.whenComplete((value, failure) -> feed.cancel());
    try {
      feed.run(ctx, body, subscriber);
      return settled.isDone() ? settled.get() : ctx.await(settled);
    } catch (ExecutionException e) {
      throw Exchange.cause(e);
    } catch (IOException | InterruptedException | RuntimeException | Error e) {
      subscriber.onError(e);
      throw e;
    }
  }

  private void run(Context ctx, InputStream body, BodySubscriber<?> subscriber)
      throws IOException, InterruptedException {
    byte[] buffer = new byte[CHUNK];
    while (awaitDemand(ctx)) {
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
  private boolean awaitDemand(Context ctx) throws InterruptedException {
    if (!isAsked()) {
      ctx.runInterruptibly(unused -> awaitAsked());
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
