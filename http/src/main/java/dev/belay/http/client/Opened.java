package dev.belay.http.client;

import dev.belay.Canceller;
import dev.belay.http.spi.ContextBody;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * A response whose headers have arrived.
 *
 * @param redirection what has led to it
 */
record Opened(HttpResponse<?> head, @Nullable ReceivedResponse<?> redirection, ContextBody body) {
  /** The longest body of a redirection that is read, so that its connection can be used again. */
  private static final int SHORT = 1024;

  <T extends @Nullable Object> ReceivedResponse<T> with(T otherBody) {
    return new ReceivedResponse<>(head, redirection, otherBody);
  }

  ReceivedResponse<?> withoutBody() {
    return new ReceivedResponse<@Nullable Void>(head, redirection, null);
  }

  /**
   * What to send instead of {@code request}; then this one's body is gone. Null if this is to be
   * handed out.
   */
  @Nullable HttpRequest follow(Redirect policy, HttpRequest request)
      throws IOException, InterruptedException {
    try {
      HttpRequest next = Redirections.next(policy, request, head);
      if (next != null) {
        drop();
      }
      return next;
    } catch (IOException | RuntimeException e) {
      body.discard();
      throw e;
    }
  }

  private void drop() throws InterruptedException {
    try (body) {
      if (head.headers().firstValueAsLong("Content-Length").orElse(Long.MAX_VALUE) <= SHORT) {
        body.transferTo(OutputStream.nullOutputStream());
      }
    } catch (IOException e) {
      throwIfInterrupted(e);
      // Else the connection is gone, but where to go is known.
    }
  }

  /** Throws for an interrupt during a read of the body what one before the headers throws. */
  static void throwIfInterrupted(IOException failure) throws InterruptedException {
    if (Canceller.isInterruption(failure) && Thread.interrupted()) {
      throw (InterruptedException) new InterruptedException().initCause(failure);
    }
  }
}
