package dev.belay.grpc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.Registration;
import dev.belay.spi.Ambient;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One call, which ends with the context that it was made under. */
final class ContextClientCall<Q, P> extends SimpleForwardingClientCall<Q, P> {
  /** How much later than the context gRPC's timer may be without our help. */
  private static final long LATENESS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Context ctx;
  private final @Nullable Deadline deadline;
  private final @Nullable CallbackExecutor callbacks;
  private final CallMetadata metadata;
  private volatile @Nullable Registration ending;
  private volatile boolean closed;
  private volatile boolean ended; // cancelled, by the end of the context

  ContextClientCall(
      ClientCall<Q, P> call,
      Context ctx,
      @Nullable Deadline deadline,
      @Nullable CallbackExecutor callbacks,
      CallMetadata metadata) {
    super(call);
    this.ctx = ctx;
    this.deadline = deadline;
    this.callbacks = callbacks;
    this.metadata = metadata;
  }

  @Override
  public void start(ClientCall.Listener<P> listener, Metadata headers) {
    metadata.write(ctx, headers);
    super.start(new Callbacks(listener), headers);
    Registration registration = ctx.onDone(this::end);
    ending = registration;
    if (closed) { // meanwhile
      registration.stop();
    }
  }

  /** A deadline that has passed is told by gRPC's own timer, which knows what it waited for. */
  private void end() {
    ContextEndedException ended = CallStatus.ended(ctx);
    if (ended != null && !isDue()) {
      this.ended = true;
      cancel(ended.getMessage(), ended);
    }
    if (callbacks != null) {
      callbacks.end();
    }
  }

  private boolean isDue() {
    return ctx.status() == dev.belay.Status.DEADLINE_EXCEEDED
        && deadline != null
        && deadline.timeRemaining(TimeUnit.NANOSECONDS) < LATENESS;
  }

  @Override
  public void sendMessage(Q message) {
    send(() -> super.sendMessage(message));
  }

  @Override
  public void halfClose() {
    send(super::halfClose);
  }

  /** Nothing is sent after a cancel; {@code onClose} tells it. gRPC would blame the sender. */
  private void send(Runnable sending) {
    try {
      sending.run();
    } catch (IllegalStateException e) {
      if (!ended) {
        throw e;
      }
    }
  }

  private void closed() {
    closed = true;
    Registration registration = ending;
    if (registration != null) {
      registration.stop();
    }
  }

  /** The end of the context in place of what gRPC made of it, whoever was first to see it. */
  private Status told(Status status) {
    ContextEndedException ended = CallStatus.ended(ctx);
    if (ended == null
        || (status.getCode() != Status.Code.CANCELLED
            && status.getCode() != Status.Code.DEADLINE_EXCEEDED)) {
      return status;
    }
    Status told = CallStatus.of(ended);
    String detail = status.getDescription();
    return detail == null || detail.equals(told.getDescription())
        ? told
        : told.augmentDescription(detail);
  }

  private final class Callbacks extends ClientCall.Listener<P> {
    private final ClientCall.Listener<P> listener;

    private Callbacks(ClientCall.Listener<P> listener) {
      this.listener = listener;
    }

    private void run(Runnable callback) {
      Object before = Ambient.bind(ctx);
      try {
        callback.run();
      } finally {
        Ambient.restore(before);
      }
    }

    @Override
    public void onHeaders(Metadata headers) {
      run(() -> listener.onHeaders(headers));
    }

    @Override
    public void onMessage(P message) {
      run(() -> listener.onMessage(message));
    }

    @Override
    public void onReady() {
      run(listener::onReady);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      closed();
      run(() -> listener.onClose(told(status), trailers));
    }
  }
}
