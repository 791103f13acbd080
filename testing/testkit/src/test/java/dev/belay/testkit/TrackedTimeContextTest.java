package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.spi.Roots;
import org.junit.jupiter.api.AfterEach;

/** A root such as the leak extension hands to a test. */
class TrackedTimeContextTest extends ContextContract {
  private final TrackedTime time = new TrackedTime();

  @Override
  protected CancellableContext root(String name) {
    return Roots.open(name, time, true);
  }

  @AfterEach
  void noTimerIsLeft() {
    assertThat(time.pendingTimers()).isZero();
  }
}
