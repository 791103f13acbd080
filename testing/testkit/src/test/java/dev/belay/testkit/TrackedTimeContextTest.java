package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.spi.Roots;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A root such as the leak extension hands to a test. */
class TrackedTimeContextTest extends ContextContract {
  private final TrackedTime time = new TrackedTime();

  @Override
  protected CancellableContext root(String name) {
    return Roots.open(name, time, true);
  }

  /** A canceller's thread takes its patience's timer back, maybe after the call has returned. */
  @AfterEach
  void noTimerIsLeft() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (time.pendingTimers() > 0 && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(time.pendingTimers()).isZero();
  }
}
