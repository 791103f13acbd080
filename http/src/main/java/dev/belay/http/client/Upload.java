package dev.belay.http.client;

import java.net.http.HttpRequest.BodyPublisher;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request that is sent. The JDK's client looks at it only once it has a connection,
 * and does not always cancel its subscription when the exchange is aborted: over HTTP/1.1 not while
 * it waits for the socket to take more.
 */
final class Upload implements BodyPublisher {
  private final BodyPublisher body;
  private volatile boolean connected;
  private volatile boolean stopped;
  private volatile Flow.@Nullable Subscription subscription;

  Upload(BodyPublisher body) {
    this.body = body;
  }

  /** Whether the client has had a connection for it. */
  boolean isConnected() {
    return connected;
  }

  /** Nothing more will be sent: the body may close what it reads from. */
  void stop() {
    stopped = true;
    Flow.Subscription current = subscription;
    if (current != null) {
      current.cancel();
    }
  }

  @Override
  public long contentLength() {
    connected = true;
    return body.contentLength();
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    body.subscribe(
        new Flow.Subscriber<>() {
          @Override
          public void onSubscribe(Flow.Subscription made) {
            subscription = made;
            subscriber.onSubscribe(made);
            if (stopped) {
              made.cancel();
            }
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
        });
  }
}
