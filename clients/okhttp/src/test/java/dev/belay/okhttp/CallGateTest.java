package dev.belay.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.testkit.Attempt;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import org.junit.jupiter.api.Test;

class CallGateTest {
  private final CallGate gate = new CallGate(Duration.ofHours(1));
  private final AtomicInteger cancels = new AtomicInteger();
  private final CountDownLatch slow = new CountDownLatch(1);

  /** A call that knows only how to be cancelled. */
  private static Call call(Runnable cancel) {
    return (Call)
        Proxy.newProxyInstance(
            Call.class.getClassLoader(),
            new Class<?>[] {Call.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("cancel");
              cancel.run();
              return null;
            });
  }

  private final Call call = call(cancels::incrementAndGet);

  private Attempt<?> cancelling(Call cancelled) {
    return Attempt.start(
        () -> {
          gate.cancel(cancelled);
          return null;
        });
  }

  @Test
  void aCancelPassesWhileTheExchangeGoesOn() {
    gate.requestHeadersStart(call);
    gate.cancel(call);
    gate.cancel(call);
    assertThat(cancels).hasValue(2);
  }

  @Test
  void aCancelWaitsWhileTheCallLetsGoOfItsConnection() throws Exception {
    gate.responseBodyEnd(call, 2);
    var attempt = cancelling(call);
    attempt.awaitBlocked();
    assertThat(cancels).hasValue(0);
    gate.connectionReleased(call, null);
    assertThat(attempt.failure()).isNull();
    assertThat(cancels).hasValue(1);
  }

  @Test
  void aCallThatGoesOnWithAnotherExchangeCanBeCancelled() {
    gate.responseBodyEnd(call, 2);
    gate.requestHeadersStart(call);
    gate.cancel(call);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void aCallThatLetsGoWaitsForACancelUnderWay() throws Exception {
    var cancelling = cancelling(call(this::cancelSlowly));
    while (cancels.get() == 0) {
      Thread.onSpinWait();
    }
    var ending =
        Attempt.start(
            () -> {
              gate.responseFailed(call, new IOException("closed"));
              return null;
            });
    ending.awaitBlocked();
    assertThat(ending.isRunning()).isTrue();
    slow.countDown();
    assertThat(cancelling.failure()).isNull();
    assertThat(ending.failure()).isNull();
    gate.callFailed(call, new IOException("closed"));
  }

  private void cancelSlowly() {
    cancels.incrementAndGet();
    try {
      slow.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBodyThatEndsTwiceLocksNobodyOut() {
    gate.responseFailed(call, new IOException("closed"));
    gate.responseBodyEnd(call, 0);
    gate.callEnd(call);
    gate.callEnd(call);
    gate.cancel(call);
    assertThat(cancels).hasValue(1);
  }

  @Test
  void aCallThatNeverSaysThatItHasLetGoIsCancelledAllTheSame() {
    var impatient = new CallGate(Duration.ZERO);
    impatient.responseBodyEnd(call, 2);
    impatient.cancel(call);
    assertThat(cancels).hasValue(1);
  }
}
