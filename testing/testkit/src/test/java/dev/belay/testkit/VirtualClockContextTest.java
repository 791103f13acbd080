package dev.belay.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.spi.Roots;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

/** A root on time that is turned by hand. */
class VirtualClockContextTest extends ContextContract {
  private final VirtualClock clock = new VirtualClock();

  @Override
  protected CancellableContext root(String name) {
    return Roots.open(name, clock, true);
  }

  @Override
  protected void pass(Duration time) {
    clock.advance(time);
  }

  @AfterEach
  void noTimerIsLeft() {
    clock.advance(Duration.ZERO); // until the threads of cancellers are at rest
    assertThat(clock.pendingTimers()).isZero();
  }
}
