package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StallTest {
  private final Stall stall = new Stall(1000, 0);

  @Test
  void bytesWithoutARequestAreFoundBetweenTheLimitAndHalfAsMuchAgain() {
    assertThat(stall.isSeen(400, false, 400)).isFalse();
    assertThat(stall.isSeen(500, false, 500)).isFalse();
    assertThat(stall.isSeen(900, false, 900)).isFalse();
    assertThat(stall.isSeen(1000, false, 950)).isTrue();
  }

  @Test
  void aSilentConnectionIsNone() {
    assertThat(stall.isSeen(500, false, 10)).isFalse();
    assertThat(stall.isSeen(1000, false, 10)).isFalse();
    assertThat(stall.isSeen(1500, false, 10)).isFalse();
  }

  @Test
  void aRequestBeginsAnew() {
    assertThat(stall.isSeen(500, false, 500)).isFalse();
    stall.request();
    assertThat(stall.isSeen(1000, false, 1000)).isFalse();
    assertThat(stall.isSeen(1500, false, 1500)).isFalse();
    assertThat(stall.isSeen(2000, false, 2000)).isTrue();
  }

  @Test
  void aRequestThatIsServedIsNoStall() {
    assertThat(stall.isSeen(500, true, 500)).isFalse();
    assertThat(stall.isSeen(1000, true, 1000)).isFalse();
    assertThat(stall.isSeen(1500, true, 1500)).isFalse();
  }
}
