package dev.belay.http.client;

import java.io.InputStream;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * The JDK's stream of a body, whose closing ends its exchange and no other.
 *
 * <p>With HTTP/1.1, cancelling the JDK's subscription does not: that closes the connection, on the
 * thread that cancels. Meanwhile the thread that receives may find the last byte and put the
 * connection into the pool, from where another request takes it. But a demand that is not positive,
 * which by the rules of {@link Flow.Subscription#request} ends a subscription too, is handled in
 * turn with what is received: it finds the exchange under way and closes the connection, or finds
 * it over and does nothing.
 */
final class RawBody implements BodySubscriber<InputStream> {
  private final BodySubscriber<InputStream> stream = BodySubscribers.ofInputStream();
  private final boolean http1;
  private final boolean empty;

  /** Whether the stream was closed before its end: then it needs no failure. */
  private volatile boolean ended;

  RawBody(HttpRequest request, ResponseInfo head) {
    this.http1 = head.version() == Version.HTTP_1_1;
    this.empty = isEmpty(request, head);
  }

  /**
   * Whether the JDK's client expects no byte, so that the exchange is over when it is subscribed.
   */
  private static boolean isEmpty(HttpRequest request, ResponseInfo head) {
    return request.method().equalsIgnoreCase("HEAD")
        || head.statusCode() == 304
        || head.statusCode() == 101
        || head.headers().firstValueAsLong("Content-Length").orElse(-1) == 0;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return stream.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    stream.onSubscribe(new BodySubscription(subscription));
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    stream.onNext(item);
  }

  @Override
  public void onError(Throwable throwable) {
    if (!ended) {
      stream.onError(throwable);
    }
  }

  @Override
  public void onComplete() {
    stream.onComplete();
  }

  /** What the stream cancels when it is closed. */
  private final class BodySubscription implements Flow.Subscription {
    private final Flow.Subscription received;

    BodySubscription(Flow.Subscription received) {
      this.received = received;
    }

    @Override
    public void request(long n) {
      received.request(n);
    }

    @Override
    public void cancel() {
      ended = true;
      if (!http1) {
        received.cancel(); // resets the stream, which is not shared
      } else if (!empty) {
        received.request(-1);
      }
    }
  }
}
