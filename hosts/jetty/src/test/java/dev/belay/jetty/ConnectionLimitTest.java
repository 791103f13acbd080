package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.http.server.HeaderTimeoutException;
import org.junit.jupiter.api.Test;

/** Which connections count as stalled. */
class ConnectionLimitTest {
  private final ConnectionLimit.Stall stall = new ConnectionLimit.Stall();

  private record Seen(boolean isBusy, long done, long bytes) implements ConnectionLimit.Progress {
    @Override
    public void close(HeaderTimeoutException why) {}
  }

  private boolean see(boolean busy, long done, long bytes) {
    return stall.isSeen(new Seen(busy, done, bytes));
  }

  @Test
  void bytesWithoutARequestStallWhenTheyAreSeenTwice() {
    assertThat(see(false, 0, 10)).isFalse();
    assertThat(see(false, 0, 20)).isTrue();
  }

  @Test
  void requestsBetweenTwoLooksAreProgress() {
    assertThat(see(false, 1, 10)).isFalse();
    assertThat(see(false, 2, 20)).isFalse();
    assertThat(see(false, 3, 30)).isFalse();
  }

  @Test
  void aRequestThatRunsHasLimitsOfItsOwn() {
    assertThat(see(true, 1, 10)).isFalse();
    assertThat(see(true, 1, 20)).isFalse();
    assertThat(see(true, 1, 30)).isFalse();
    assertThat(see(false, 1, 30)).isFalse();
  }

  @Test
  void silenceIsForTheIdleTimeout() {
    assertThat(see(false, 1, 10)).isFalse();
    assertThat(see(false, 1, 10)).isFalse();
    assertThat(see(false, 1, 10)).isFalse();
  }
}
