package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The time left, as blocking things take it. */
class SocketTimeoutTest extends Fixture {

  @Test
  void zeroIsNoLimit() {
    assertThat(root.socketTimeoutMillis()).isZero();
    assertThat(Context.background().socketTimeoutMillis()).isZero();
  }

  @Test
  void whatIsLeftIsRoundedUp() {
    assertThat(millis(Duration.ofSeconds(2))).isEqualTo(2_000);
    assertThat(millis(Duration.ofNanos(1_000_001))).isEqualTo(2);
    assertThat(millis(Duration.ofNanos(1))).isEqualTo(1);
    assertThat(millis(Duration.ofDays(100))).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void thereIsNoneAfterTheEnd() throws InterruptedException {
    try (var limited = root.withTimeout(SECOND)) {
      clock.advance(SECOND);
      assertThatThrownBy(limited::socketTimeoutMillis)
          .isInstanceOf(DeadlineExceededException.class);
    }
    var cancelled = root.withCancel();
    cancelled.cancel();
    assertThatThrownBy(cancelled::socketTimeoutMillis)
        .isInstanceOf(ContextCancelledException.class);
  }

  private int millis(Duration timeout) {
    try (var limited = root.withTimeout(timeout)) {
      return limited.socketTimeoutMillis();
    }
  }
}
