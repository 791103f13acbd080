package dev.belay.grpc;

import dev.belay.CancellableContext;
import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.http.server.ClientGoneException;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.FailureStatus;
import dev.belay.http.server.RequestContexts;
import dev.belay.http.wire.RemainingTimeHeader;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs each call under a context of its own, which is {@link Context#current()} for its handler, in
 * every callback of a stream too. The context has the call's deadline and the values that have come
 * in its metadata. It ends with a {@link ClientGoneException} as soon as the client cancels the
 * call or goes away, also while the handler blocks. It is closed when the call is closed and its
 * handler has returned.
 *
 * <p>The server needs an executor that has a thread for every call, such as {@link
 * java.util.concurrent.Executors#newVirtualThreadPerTaskExecutor()}: gRPC says on it that a client
 * is gone.
 *
 * <ul>
 *   <li>When the context ends, the call is closed at once, whether its handler has returned or not.
 *       Who sends anything after that gets the context's exception.
 *   <li>A client whose deadline has passed resets the call, which may arrive before the deadline
 *       has passed here. A reset in the last tenth of a call's time, or in its last 100 ms if that
 *       is less, is therefore left to the deadline.
 *   <li>A failure of the handler that {@link FailureStatus} has a status of its own for is answered
 *       with gRPC's: 400 is {@code INVALID_ARGUMENT}, 408 and 504 are {@code DEADLINE_EXCEEDED},
 *       413 is {@code RESOURCE_EXHAUSTED}, 503 is {@code UNAVAILABLE}. The description is a fixed
 *       text. So is a failure that the handler passes to {@code onError}. {@link FailureLog} logs
 *       it as {@code dev.belay.grpc}. All else is left to gRPC.
 * </ul>
 *
 * <p>Any thread may use an instance; one may serve many servers.
 */
public final class ContextServerInterceptor implements ServerInterceptor {
  private final Context server;
  private final RequestContexts contexts;
  private final CallMetadata metadata;
  private final boolean telling;

  /**
   * An interceptor.
   *
   * @param server the parent of every call's context; its owner ends it at shutdown
   * @param contexts the server's own limit of a call, and the headers that are read of its
   *     metadata; whatever they say, {@code grpc-timeout} bounds the call
   * @throws IllegalArgumentException if metadata cannot have text under the name of a header
   */
  public ContextServerInterceptor(Context server, RequestContexts contexts) {
    this(server, contexts, false);
  }

  private ContextServerInterceptor(Context server, RequestContexts contexts, boolean telling) {
    this.server = Objects.requireNonNull(server, "server is null: pass the server's root");
    Objects.requireNonNull(contexts, "contexts is null: pass a limit");
    this.contexts =
        contexts.withHeaders(contexts.headers().withRemainingTime(RemainingTimeHeader.GRPC));
    this.metadata = new CallMetadata(contexts.headers(), contexts.also());
    this.telling = telling;
  }

  /**
   * A copy that says in a status's description what has happened: which context ended, whose
   * deadline it was, where the time went. For servers all of whose clients may know that.
   */
  @CheckReturnValue
  public ContextServerInterceptor withStories() {
    return new ContextServerInterceptor(server, contexts, true);
  }

  /** For gRPC. */
  @Override
  public <Q, P> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, P> call, Metadata headers, ServerCallHandler<Q, P> next) {
    io.grpc.Context grpc = io.grpc.Context.current();
    String name = call.getMethodDescriptor().getFullMethodName();
    CancellableContext ctx =
        contexts.open(server, name, field -> field(field, grpc.getDeadline(), headers));
    return new ContextServerCall<>(call, ctx, ClientWatch.of(grpc), telling).begin(headers, next);
  }

  private @Nullable String field(String name, @Nullable Deadline deadline, Metadata headers) {
    if (!name.equals(RemainingTimeHeader.GRPC.name())) {
      return metadata.read(headers, name);
    }
    return deadline == null // counts from the call's arrival, unlike the field
        ? null
        : RemainingTimeHeader.GRPC.format(deadline.timeRemaining(TimeUnit.NANOSECONDS));
  }
}
