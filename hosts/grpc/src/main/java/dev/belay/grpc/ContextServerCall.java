package dev.belay.grpc;

import dev.belay.CancellableContext;
import dev.belay.ContextEndedException;
import dev.belay.Registration;
import dev.belay.http.server.FailureLog;
import dev.belay.spi.Ambient;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One call with its context, over all its callbacks. */
final class ContextServerCall<Q, P> extends SimpleForwardingServerCall<Q, P> {
  private static final System.Logger LOG = System.getLogger("dev.belay.grpc");

  private final CancellableContext ctx;
  private final ClientWatch client;
  private final boolean telling;

  /** Held while the call is used: gRPC's is not for several threads, and the end has its own. */
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock:
  private @Nullable Registration ending;
  private boolean running;
  private boolean closed;
  private boolean ended; // closed, by the end of the context

  ContextServerCall(
      ServerCall<Q, P> call, CancellableContext ctx, ClientWatch client, boolean telling) {
    super(call);
    this.ctx = ctx;
    this.client = client;
    this.telling = telling;
  }

  /** Starts the handler, unless the context has been born ended. */
  ServerCall.Listener<Q> begin(Metadata headers, ServerCallHandler<Q, P> next) {
    client.begin(ctx);
    lock.lock();
    try {
      ending = ctx.onDone(this::end);
    } finally {
      lock.unlock();
    }
    ServerCall.Listener<Q> handler =
        call(
            () -> {
              ctx.throwIfDone();
              return next.startCall(this, headers);
            });
    return handler == null ? new ServerCall.Listener<>() {} : new Callbacks(handler);
  }

  /**
   * Runs one callback of the handler under the context.
   *
   * @return null if it has failed, and its call is closed with that
   */
  private <T extends @Nullable Object> @Nullable T call(Supplier<T> callback) {
    enter(true);
    Object before = Ambient.bind(ctx);
    try {
      return callback.get();
    } catch (RuntimeException | Error failure) {
      if (!close(failure)) {
        finish();
        throw failure;
      }
      return null;
    } finally {
      Ambient.restore(before);
      enter(false);
    }
  }

  private void enter(boolean running) {
    boolean over;
    lock.lock();
    try {
      this.running = running;
      over = closed && !running;
    } finally {
      lock.unlock();
    }
    if (over) {
      finish();
    }
  }

  /** The context has ended while the call was open. */
  private void end() {
    ContextEndedException why = CallStatus.ended(ctx);
    if (why != null && ctx.status() != dev.belay.Status.CLOSED) {
      close(why);
    }
  }

  /** Closes the call, if that is still to be done; false if the failure is gRPC's to answer. */
  private boolean close(Throwable failure) {
    CallStatus.Answer answer = CallStatus.of(ctx, failure, telling);
    if (answer == null) {
      return false;
    }
    lock.lock();
    try {
      if (closed) {
        return true;
      }
      closed = true;
      ended = true;
      super.close(answer.status(), new Metadata());
    } finally {
      lock.unlock();
    }
    FailureLog.write(LOG, ctx, answer.http(), answer.status().getCode().name(), failure);
    finishIfIdle();
    return true;
  }

  private void finishIfIdle() {
    boolean idle;
    lock.lock();
    try {
      idle = !running;
    } finally {
      lock.unlock();
    }
    if (idle) {
      finish();
    }
  }

  /** Nothing of the call is left to be done. */
  private void finish() {
    Registration registration;
    lock.lock();
    try {
      registration = ending;
    } finally {
      lock.unlock();
    }
    if (registration != null) {
      registration.stop();
    }
    client.stop();
    ctx.close();
  }

  private void throwIfEnded() {
    if (ended) {
      ctx.throwIfDone();
    }
  }

  // ---- what the handler does

  @Override
  public void sendHeaders(Metadata headers) {
    lock.lock();
    try {
      throwIfEnded();
      super.sendHeaders(headers);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void sendMessage(P message) {
    lock.lock();
    try {
      throwIfEnded();
      super.sendMessage(message);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close(Status status, Metadata trailers) {
    Throwable caught = caught(status);
    if (caught != null && close(caught)) {
      return;
    }
    lock.lock();
    try {
      if (ended) {
        return;
      }
      closed = true;
      super.close(status, trailers);
    } finally {
      lock.unlock();
    }
    finishIfIdle();
  }

  /** What the handler has made the status of; null if it has chosen it. */
  private static @Nullable Throwable caught(Status status) {
    return switch (status.getCode()) {
      case UNKNOWN, CANCELLED, DEADLINE_EXCEEDED -> status.getCause();
      default -> null;
    };
  }

  @Override
  public boolean isCancelled() {
    return super.isCancelled() || isEnded();
  }

  private boolean isEnded() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  // ---- what happens to it

  private final class Callbacks extends ServerCall.Listener<Q> {
    private final ServerCall.Listener<Q> handler;

    private Callbacks(ServerCall.Listener<Q> handler) {
      this.handler = handler;
    }

    private void run(Runnable callback) {
      call(
          () -> {
            callback.run();
            return null;
          });
    }

    @Override
    public void onMessage(Q message) {
      run(() -> handler.onMessage(message));
    }

    @Override
    public void onHalfClose() {
      run(handler::onHalfClose);
    }

    @Override
    public void onReady() {
      run(handler::onReady);
    }

    /** If the client has only reached its deadline, the context ends by its own, soon. */
    @Override
    public void onCancel() {
      client.gone(ctx);
      run(handler::onCancel);
    }

    @Override
    public void onComplete() {
      try {
        run(handler::onComplete);
      } finally {
        finish();
      }
    }
  }
}
