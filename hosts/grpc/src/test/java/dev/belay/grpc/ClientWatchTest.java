package dev.belay.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.Status;
import dev.belay.http.server.ClientGoneException;
import io.grpc.Deadline;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Which resets of a call are a client that is gone, and which are its deadline. */
class ClientWatchTest {
  @AutoClose
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  private final AtomicLong now = new AtomicLong();

  private io.grpc.Context.CancellableContext call(long seconds) {
    var ticker =
        new Deadline.Ticker() {
          @Override
          public long nanoTime() {
            return now.get();
          }
        };
    Deadline deadline = Deadline.after(seconds, TimeUnit.SECONDS, ticker);
    return io.grpc.Context.ROOT.withDeadline(deadline, timer);
  }

  private void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void aResetBeforeTheDeadlineEndsTheContext(Context root) {
    try (var grpc = call(3600);
        var ctx = root.withCancel()) {
      ClientWatch.of(grpc).begin(ctx);
      pass(3_599_899); // the last 100 ms are left to the deadline
      var reset = new IllegalStateException("reset");
      grpc.cancel(reset);
      assertThat(ctx.status()).isEqualTo(Status.CANCELLED);
      assertThat(ctx.cause()).isInstanceOf(ClientGoneException.class).hasCause(reset);
    }
  }

  @Test
  void aResetRightBeforeTheDeadlineIsLeftToIt(Context root) {
    try (var grpc = call(3600);
        var ctx = root.withCancel()) {
      ClientWatch.of(grpc).begin(ctx);
      pass(3_599_900);
      grpc.cancel(new IllegalStateException("reset"));
      assertThat(ctx.isDone()).isFalse();
    }
  }

  @Test
  void theSlackOfAShortCallIsATenthOfItsTime(Context root) {
    try (var early = call(1);
        var late = call(1);
        var first = root.withCancel();
        var second = root.withCancel()) {
      // Read at once: gRPC's own timer follows the machine's clock.
      ClientWatch watch = ClientWatch.of(early);
      ClientWatch other = ClientWatch.of(late);
      pass(899);
      watch.gone(first);
      pass(1);
      other.gone(second);
      assertThat(first.status()).isEqualTo(Status.CANCELLED);
      assertThat(second.isDone()).isFalse();
    }
  }

  @Test
  void gRpcsOwnTimerIsLeftToOurs(Context root) {
    try (var grpc = call(3600);
        var ctx = root.withCancel()) {
      ClientWatch.of(grpc).begin(ctx);
      grpc.cancel(new TimeoutException("context timed out"));
      assertThat(ctx.isDone()).isFalse();
    }
  }

  @Test
  void theNormalEndOfACallIsNoReset(Context root) {
    try (var grpc = io.grpc.Context.ROOT.withCancellation();
        var ctx = root.withCancel()) {
      ClientWatch.of(grpc).begin(ctx);
      grpc.cancel(null);
      assertThat(ctx.isDone()).isFalse();
    }
  }

  @Test
  void afterItHasStoppedAResetIsNotNoticed(Context root) {
    try (var grpc = io.grpc.Context.ROOT.withCancellation();
        var ctx = root.withCancel()) {
      ClientWatch watch = ClientWatch.of(grpc);
      watch.begin(ctx);
      watch.stop();
      grpc.cancel(new IllegalStateException("reset"));
      assertThat(ctx.isDone()).isFalse();
    }
  }
}
