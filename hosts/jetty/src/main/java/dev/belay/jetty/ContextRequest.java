package dev.belay.jetty;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.server.BodyTimeoutException;
import dev.belay.http.server.ClientGoneException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * A request as its endpoint sees it: its body ends with the context. A read that fails is reported
 * before the reader gets the failure.
 */
final class ContextRequest extends Request.Wrapper {
  private final Context ctx;
  private final Consumer<Throwable> onFailure;

  ContextRequest(Context ctx, Request request, Consumer<Throwable> onFailure) {
    super(request);
    this.ctx = ctx;
    this.onFailure = onFailure;
  }

  @Override
  public Content.@Nullable Chunk read() {
    if (ctx.isDone() && !(ctx.cause() instanceof ClientGoneException)) {
      return ended();
    }
    Content.Chunk chunk = super.read(); // a client that has gone: fails by itself, and says how
    if (Content.Chunk.isFailure(chunk)
        && (chunk.isLast() || chunk.getFailure() instanceof TimeoutException)) {
      onFailure.accept(chunk.getFailure());
      if (ctx.cause() instanceof BodyTimeoutException) {
        return ended();
      }
    }
    return chunk;
  }

  private Content.@Nullable Chunk ended() {
    try {
      ctx.throwIfDone();
      return null;
    } catch (ContextEndedException e) {
      return Content.Chunk.from(e, true);
    }
  }
}
