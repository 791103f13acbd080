package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;
import org.junit.jupiter.api.Test;

class WatchEndPointTest {
  private final Wire wire = new Wire();
  private final WatchEndPoint endPoint =
      new WatchEndPoint(
          wire,
          this::handOver,
          new HeaderTimer(wire, new ScheduledExecutorScheduler(), Duration.ofDays(1)),
          true);
  private final List<Throwable> told = new ArrayList<>();
  private final Consumer<Throwable> watcher = told::add;
  private final AtomicInteger handedOver = new AtomicInteger();
  private final AtomicInteger served = new AtomicInteger();
  private final Callback connection = Callback.from(served::incrementAndGet);

  /** The wrapped end point, all on the test's thread. */
  private static final class Wire extends ByteArrayEndPoint {
    private int taken;

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
      int count = super.fill(buffer);
      taken += Math.max(0, count);
      return count;
    }

    @Override
    protected void execute(Runnable task) {
      task.run();
    }

    void expire() {
      getFillInterest().onFail(new TimeoutException("idle"));
    }
  }

  private void handOver(Runnable task) {
    handedOver.incrementAndGet();
    task.run();
  }

  private String read() throws IOException {
    var buffer = BufferUtil.allocate(64);
    int count = endPoint.fill(buffer);
    return count < 0 ? "end" : BufferUtil.toString(buffer);
  }

  @Test
  void bytesThatArriveAreReadInTheirOrder() throws Exception {
    endPoint.watch(watcher);
    wire.addInput("one ");
    wire.addInput("two ");
    endPoint.unwatch(watcher);
    wire.addInput("three");
    assertThat(read()).isEqualTo("one two ");
    assertThat(read()).isEqualTo("three");
    assertThat(told).isEmpty();
  }

  @Test
  void aBoundedNumberOfBytesIsKept() {
    endPoint.watch(watcher);
    wire.addInput("x".repeat(100_000));
    assertThat(wire.taken).isEqualTo(8192);
    assertThat(wire.isFillInterested()).as("still looks for more").isFalse();
  }

  @Test
  void theConnectionIsServedFromWhatIsKept() {
    endPoint.watch(watcher);
    wire.addInput("kept");
    endPoint.fillInterested(connection);
    assertThat(served).hasValue(1);
    assertThat(endPoint.isFillInterested()).isFalse();
  }

  @Test
  void theConnectionIsServedBeforeTheWatch() throws Exception {
    endPoint.watch(watcher);
    endPoint.fillInterested(connection);
    assertThat(endPoint.isFillInterested()).isTrue();
    wire.addInput("bytes");
    assertThat(served).hasValue(1);
    assertThat(read()).isEqualTo("bytes");
  }

  @Test
  void onlyOneInterestOfTheConnectionAtATime() {
    endPoint.fillInterested(connection);
    assertThat(endPoint.tryFillInterested(Callback.NOOP)).isFalse();
    assertThatThrownBy(() -> endPoint.fillInterested(Callback.NOOP))
        .isInstanceOf(ReadPendingException.class);
  }

  @Test
  void theEndIsToldToTheWatcherAndReadByTheConnection() throws Exception {
    endPoint.watch(watcher);
    wire.addInput("pipelined");
    wire.addInputEOF();
    assertThat(told).singleElement().isInstanceOf(EOFException.class);
    assertThat(read()).isEqualTo("pipelined");
    endPoint.fillInterested(connection);
    assertThat(served).hasValue(1);
    assertThat(read()).isEqualTo("end");
    assertThat(told).hasSize(1);
  }

  @Test
  void theEndThatTheConnectionReadsIsToldToo() throws Exception {
    endPoint.watch(watcher);
    endPoint.fillInterested(connection);
    wire.addInputEOF();
    assertThat(told).isEmpty();
    assertThat(read()).isEqualTo("end");
    assertThat(told).hasSize(1);
  }

  @Test
  void whoWatchesAfterTheEndIsToldAtOnce() {
    endPoint.watch(watcher);
    wire.addInputEOF();
    endPoint.unwatch(watcher);
    endPoint.watch(watcher);
    assertThat(told).hasSize(2);
  }

  @Test
  void aLateUnwatchLeavesTheNextWatcher() {
    Consumer<Throwable> earlier = why -> {};
    endPoint.watch(earlier);
    endPoint.watch(watcher);
    endPoint.unwatch(earlier);
    wire.addInputEOF();
    assertThat(told).hasSize(1);
  }

  @Test
  void theIdleTimeOutIsNoEnd() {
    endPoint.watch(watcher);
    wire.expire();
    assertThat(told).isEmpty();
    wire.addInputEOF();
    assertThat(told).hasSize(1);
  }

  @Test
  void theIdleTimeOutReachesAConnectionThatWaits() {
    endPoint.watch(watcher);
    var failure = new CompletableFuture<Throwable>();
    endPoint.fillInterested(Callback.from(() -> {}, failure::complete));
    wire.expire();
    assertThat(failure).isCompletedWithValueMatching(TimeoutException.class::isInstance);
    assertThat(told).isEmpty();
  }

  @Test
  void closingTheConnectionFromHereIsToldAsWell() {
    endPoint.watch(watcher);
    endPoint.close(new IOException("shut down"));
    assertThat(told).hasSize(1);
  }

  @Test
  void noLockIsHeldWhileTheConnectionIsServed() {
    endPoint.watch(watcher);
    var seen = new CompletableFuture<Boolean>();
    endPoint.fillInterested(
        Callback.from(
            () ->
                CompletableFuture.supplyAsync(() -> endPoint.tryFillInterested(connection))
                    .orTimeout(20, TimeUnit.SECONDS)
                    .thenAccept(seen::complete)
                    .join()));
    wire.addInput("bytes");
    assertThat(seen).isCompletedWithValue(true);
  }

  @Test
  void readingAheadNeedsNoWorker() {
    endPoint.watch(watcher);
    assertThat(wire.getFillInterest().getCallbackInvocationType())
        .isEqualTo(InvocationType.NON_BLOCKING);
  }

  @Test
  void aHandlerThatComesAfterThatIsHandedToAWorker() {
    endPoint.watch(watcher);
    wire.getFillInterest().getCallbackInvocationType(); // as the selector asks before it calls
    endPoint.fillInterested(connection);
    assertThat(wire.getFillInterest().getCallbackInvocationType())
        .isEqualTo(InvocationType.NON_BLOCKING);
    wire.addInput("request");
    assertThat(served).hasValue(1);
    assertThat(handedOver).hasValue(1);
  }

  @Test
  void aHandlerThatWaitsAlreadyIsServedWhereItIs() {
    endPoint.watch(watcher);
    endPoint.fillInterested(connection);
    assertThat(wire.getFillInterest().getCallbackInvocationType())
        .isEqualTo(InvocationType.BLOCKING);
    wire.addInput("request");
    assertThat(served).hasValue(1);
    assertThat(handedOver).hasValue(0);
  }
}
