package dev.belay.grpc;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.http.wire.WireHeaders;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Deadline;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Puts each call under {@link Context#current()}, by whichever kind of stub it is made. The call
 * has the context's deadline and sends its values that travel; when the context ends, so does the
 * call. Callbacks run under the same context.
 *
 * <p>A call that ended with its context fails with {@code DEADLINE_EXCEEDED} or {@code CANCELLED};
 * the cause of the {@link io.grpc.StatusException} or {@link io.grpc.StatusRuntimeException} is the
 * {@link ContextEndedException}. Under a context that has ended no call is made. A call that has
 * its answer by then keeps it.
 *
 * <p>A thread that is interrupted in a {@code BlockingClientCall} gets an {@link
 * InterruptedException} and leaves the call open, here and at the server; so does a reader that
 * stops before the end. Such a call ends with its context, so make it under one that is closed
 * after it.
 *
 * <p>Any thread may use an instance; one may serve many channels.
 */
public final class ContextClientInterceptor implements ClientInterceptor {
  private final CallMetadata metadata;

  /** Sends the values of {@link WireHeaders#DEFAULT}. */
  public ContextClientInterceptor() {
    this(WireHeaders.DEFAULT);
  }

  private ContextClientInterceptor(WireHeaders headers) {
    Objects.requireNonNull(headers, "headers is null: pass WireHeaders.NONE to send no values");
    this.metadata = new CallMetadata(headers, List.of());
  }

  /**
   * A copy that sends other values. Their remaining time does not count: gRPC sends its own.
   *
   * @throws IllegalArgumentException if metadata cannot have text under the name of a header
   */
  @CheckReturnValue
  public ContextClientInterceptor withHeaders(WireHeaders headers) {
    return new ContextClientInterceptor(headers);
  }

  /** For gRPC. */
  @Override
  public <Q, P> ClientCall<Q, P> interceptCall(
      MethodDescriptor<Q, P> method, CallOptions options, Channel next) {
    Context ctx = Context.current();
    ContextEndedException ended = CallStatus.ended(ctx);
    if (ended != null) {
      return new EndedCall<>(CallStatus.of(ended));
    }
    CallOptions limited = limited(options, ctx);
    Executor executor = limited.getExecutor();
    if (executor == null) {
      return call(next.newCall(method, limited), ctx, limited, null);
    }
    var callbacks = new CallbackExecutor(executor);
    return call(next.newCall(method, limited.withExecutor(callbacks)), ctx, limited, callbacks);
  }

  private <Q, P> ClientCall<Q, P> call(
      ClientCall<Q, P> call,
      Context ctx,
      CallOptions options,
      @Nullable CallbackExecutor callbacks) {
    return new ContextClientCall<>(call, ctx, options.getDeadline(), callbacks, metadata);
  }

  private static CallOptions limited(CallOptions options, Context ctx) {
    long left = ctx.remainingNanos();
    if (left == Long.MAX_VALUE) {
      return options;
    }
    Deadline deadline = Deadline.after(left, TimeUnit.NANOSECONDS);
    Deadline own = options.getDeadline();
    return own == null || deadline.isBefore(own) ? options.withDeadline(deadline) : options;
  }
}
