package dev.belay.http.client;

import dev.belay.Context;
import dev.belay.http.spi.ContextBody;
import dev.belay.spi.HelperThread;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/** A body as a publisher, for one subscriber. */
final class FlowBody implements Flow.Publisher<List<ByteBuffer>> {
  private final Context ctx;
  private final ContextBody body;
  private final AtomicBoolean subscribed = new AtomicBoolean();

  FlowBody(Context ctx, ContextBody body) {
    this.ctx = ctx;
    this.body = body;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber is null");
    HelperThread.start("belay-http-body", () -> feed(subscriber));
  }

  private void feed(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    if (subscribed.compareAndSet(false, true)) {
      BodyFeed.feed(ctx, body, subscriber);
    } else {
      subscriber.onSubscribe(NothingMore.INSTANCE);
      subscriber.onError(new IllegalStateException("the body has a subscriber already"));
    }
  }

  private enum NothingMore implements Flow.Subscription {
    INSTANCE;

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }
}
