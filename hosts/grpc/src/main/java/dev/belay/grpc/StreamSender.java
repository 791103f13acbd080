package dev.belay.grpc;

import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.HelperThread;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the answers of a stream one after another, each once the client has room for it. {@link
 * StreamObserver#onNext} takes any number and keeps in memory what the client does not read.
 *
 * <p>Only the thread that runs the {@link Body} uses it.
 *
 * @param <T> the type of the answers
 */
public final class StreamSender<T> {
  private final Context ctx;
  private final ServerCallStreamObserver<T> answers;
  private volatile @Nullable CompletableFuture<?> room;

  private StreamSender(Context ctx, ServerCallStreamObserver<T> answers) {
    this.ctx = ctx;
    this.answers = answers;
  }

  /**
   * What sends the answers.
   *
   * @param <T> the type of the answers
   */
  @FunctionalInterface
  public interface Body<T> {
    /**
     * Sends all answers. The call is completed when it returns, and fails with what it throws; a
     * failure that is no answer to a client is also reported as {@link ContextEvent.Uncaught}.
     */
    void run(StreamSender<T> sender) throws Exception;
  }

  /**
   * Runs {@code body} on a virtual thread of its own, and returns at once: gRPC says that there is
   * room only after the handler has returned. From now on the call belongs to {@code body}.
   *
   * @param ctx the call's context, or one derived from it; bound while {@code body} runs
   * @param answers what the handler got from gRPC
   * @throws IllegalArgumentException if {@code answers} is not gRPC's own
   * @throws IllegalStateException if the handler has returned
   */
  public static <T> void start(Context ctx, StreamObserver<T> answers, Body<T> body) {
    Objects.requireNonNull(ctx, "ctx is null: pass the call's context");
    Objects.requireNonNull(body, "body is null: pass what sends the answers");
    if (!(answers instanceof ServerCallStreamObserver<T> call)) {
      throw new IllegalArgumentException("not gRPC's own observer of a call's answers");
    }
    var sender = new StreamSender<T>(ctx, call);
    call.setOnReadyHandler(sender::ready);
    HelperThread.start("gRPC stream", ctx.wrap(() -> sender.run(body)));
  }

  private void run(Body<T> body) {
    try {
      body.run(this);
      answers.onCompleted();
    } catch (Throwable failure) {
      if (!isAnswer(failure)) { // gRPC says nothing of what it is told so
        ContextEvents.report(new ContextEvent.Uncaught(ctx, "stream's sender", failure));
      }
      answers.onError(failure);
    }
  }

  private boolean isAnswer(Throwable failure) {
    return CallStatus.of(ctx, failure, false) != null
        || Status.fromThrowable(failure).getCode() != Status.Code.UNKNOWN;
  }

  private void ready() {
    CompletableFuture<?> waiting = room;
    if (waiting != null) {
      waiting.complete(null);
    }
  }

  /**
   * Waits until the client has room, and sends.
   *
   * @throws ContextEndedException if the context ends first: the client has gone, time is up
   */
  public void send(T answer) throws InterruptedException {
    ctx.throwIfDone();
    while (!answers.isReady()) {
      var waiting = new CompletableFuture<Void>();
      room = waiting;
      if (!answers.isReady()) { // else gRPC may have said so before
        await(waiting);
      }
    }
    try {
      answers.onNext(answer);
    } catch (StatusRuntimeException e) { // gRPC's word for a client that has gone
      ctx.throwIfDone(e);
      throw e;
    }
  }

  private void await(CompletableFuture<Void> waiting) throws InterruptedException {
    try {
      ctx.await(waiting);
    } catch (ExecutionException e) {
      throw new AssertionError("it is only ever completed", e);
    }
  }
}
