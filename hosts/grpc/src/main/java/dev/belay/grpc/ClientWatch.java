package dev.belay.grpc;

import dev.belay.CancellableContext;
import dev.belay.http.server.ClientGoneException;
import io.grpc.Context;
import io.grpc.Deadline;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the client of a call is gone, by the call's {@link io.grpc.Context}, which gRPC
 * cancels at once. A listener's {@code onCancel} comes only after the handler has returned.
 */
final class ClientWatch {
  private static final long LONGEST_SLACK = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int SHARE_OF_SLACK = 10;

  private final Context grpc;
  private final long slack;
  private Context.@Nullable CancellationListener listener; // set once, before any callback

  private ClientWatch(Context grpc, long slack) {
    this.grpc = grpc;
    this.slack = slack;
  }

  static ClientWatch of(Context grpc) {
    Deadline deadline = grpc.getDeadline();
    long left = deadline == null ? 0 : deadline.timeRemaining(TimeUnit.NANOSECONDS);
    return new ClientWatch(grpc, Math.min(left / SHARE_OF_SLACK, LONGEST_SLACK));
  }

  /**
   * From now on {@code ctx} ends when the client is gone. On gRPC's thread, and before what else
   * listens to the call's context: calls that the handler makes find {@code ctx} ended.
   */
  void begin(CancellableContext ctx) {
    listener =
        cancelled -> {
          if (cancelled.cancellationCause() != null) { // else the call is over
            gone(ctx);
          }
        };
    grpc.addListener(listener, Runnable::run);
  }

  /** Ends {@code ctx}, unless the client has only reached its deadline: then ours follows. */
  void gone(CancellableContext ctx) {
    Throwable cause = grpc.cancellationCause();
    if (!(cause instanceof TimeoutException) && !isAtDeadline()) {
      ctx.cancel(new ClientGoneException("client gone", cause));
    }
  }

  private boolean isAtDeadline() {
    Deadline deadline = grpc.getDeadline();
    return deadline != null && deadline.timeRemaining(TimeUnit.NANOSECONDS) <= slack;
  }

  void stop() {
    if (listener != null) {
      grpc.removeListener(listener);
    }
  }
}
