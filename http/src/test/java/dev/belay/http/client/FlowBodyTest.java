package dev.belay.http.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.http.ExchangeAbortedException;
import dev.belay.http.spi.Abortable;
import dev.belay.http.spi.ContextBody;
import dev.belay.http.spi.SentRequest;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The thread that feeds a body's subscriber. */
class FlowBodyTest {
  private static final ThreadLocal<String> CARRIED = new ThreadLocal<>();
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  private static final ContextCarrier CARRIER =
      () -> {
        String captured = CARRIED.get();
        return () -> {
          CARRIED.set(captured);
          return CARRIED::remove;
        };
      };

  /** Completes with what its thread has, when the body is complete. */
  private static final class Seeing implements Flow.Subscriber<List<ByteBuffer>> {
    final CompletableFuture<String> seen = new CompletableFuture<>();

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> part) {}

    @Override
    public void onError(Throwable failure) {
      seen.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
      seen.complete(CARRIED.get() + " " + INHERITABLE.get());
    }
  }

  /** An exchange that is never aborted. */
  private static final class Whole implements Abortable {
    @Override
    public void abort() {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public ExchangeAbortedException readingBody(long bytes, Throwable failure) {
      return new SentRequest("GET", URI.create("http://localhost/")).readingBody(bytes, failure);
    }
  }

  @Test
  @DisplayName("R38, R39: a subscriber's thread has what was carried, and inherits nothing else")
  void aSubscribersThreadInheritsNothing(Context ctx) throws Exception {
    ContextCarriers.install(CARRIER);
    CARRIED.set("alice");
    INHERITABLE.set("alice");
    var subscriber = new Seeing();
    try {
      var body = new ContextBody(ctx, new ByteArrayInputStream(new byte[10]), new Whole());
      new FlowBody(ctx, body).subscribe(subscriber);
      assertThat(subscriber.seen.get()).isEqualTo("alice null");
    } finally {
      ContextCarriers.remove(CARRIER);
      CARRIED.remove();
      INHERITABLE.remove();
    }
  }
}
