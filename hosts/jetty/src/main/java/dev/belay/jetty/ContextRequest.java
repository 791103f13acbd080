package dev.belay.jetty;

import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** A request that tells what its reading failed with, before the reader learns of it. */
final class WatchedRequest extends Request.Wrapper {
  private final Consumer<Throwable> onFailure;

  WatchedRequest(Request request, Consumer<Throwable> onFailure) {
    super(request);
    this.onFailure = onFailure;
  }

  @Override
  public Content.@Nullable Chunk read() {
    Content.Chunk chunk = super.read();
    if (Content.Chunk.isFailure(chunk, true)) {
      onFailure.accept(chunk.getFailure());
    }
    return chunk;
  }
}
