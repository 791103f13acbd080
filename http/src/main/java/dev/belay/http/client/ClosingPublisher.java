package dev.belay.http.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The JDK's publisher of a stream, which closes it at its end; closed at a cancel, too. */
final class ClosingPublisher implements Flow.Publisher<ByteBuffer> {
  private final Supplier<? extends InputStream> source;

  ClosingPublisher(Supplier<? extends InputStream> source) {
    this.source = source;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    var reading = new Reading(source, subscriber);
    BodyPublishers.ofInputStream(reading::open).subscribe(reading);
  }

  /** One subscription. */
  private static final class Reading implements Flow.Subscriber<ByteBuffer>, Flow.Subscription {
    private final Supplier<? extends InputStream> source;
    private final Flow.Subscriber<? super ByteBuffer> subscriber;

    /** Opened, and the subscription made, before the subscriber can cancel. */
    private @Nullable InputStream stream;

    private Flow.@Nullable Subscription subscription;

    Reading(
        Supplier<? extends InputStream> source, Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.source = source;
      this.subscriber = subscriber;
    }

    @Nullable InputStream open() {
      stream = source.get();
      return stream;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscriber.onSubscribe(this);
    }

    @Override
    public void onNext(ByteBuffer part) {
      subscriber.onNext(part);
    }

    @Override
    public void onError(Throwable failure) {
      subscriber.onError(failure);
    }

    @Override
    public void onComplete() {
      subscriber.onComplete();
    }

    @Override
    public void request(long n) {
      if (subscription != null) {
        subscription.request(n);
      }
    }

    @Override
    public void cancel() {
      if (subscription != null) {
        subscription.cancel();
      }
      try {
        if (stream != null) {
          stream.close(); // fails a read that is under way
        }
      } catch (IOException e) {
        // What was read is not sent, and there is no subscriber to hear of it.
      }
    }
  }
}
