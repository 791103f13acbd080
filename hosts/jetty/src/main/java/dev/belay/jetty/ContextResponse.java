package dev.belay.jetty;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** A response that tells what its writing failed with, before the writer learns of it. */
final class WatchedResponse extends Response.Wrapper {
  private final Consumer<Throwable> onFailure;

  WatchedResponse(Request request, Response response, Consumer<Throwable> onFailure) {
    super(request, response);
    this.onFailure = onFailure;
  }

  @Override
  public void write(boolean last, ByteBuffer content, Callback callback) {
    super.write(last, content, new Watched(callback));
  }

  private final class Watched extends Callback.Nested {
    Watched(Callback callback) {
      super(callback);
    }

    @Override
    public void failed(Throwable failure) {
      // On a thread of its own: this one is Jetty's, and what is told may take its time.
      Thread.ofVirtual()
          .name("belay-write-failed")
          .start(
              () -> {
                onFailure.accept(failure);
                super.failed(failure);
              });
    }
  }
}
