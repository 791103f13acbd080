package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What one step is believed to take. */
class StepEstimateTest {
  private final StepEstimate estimate = new StepEstimate();

  private void succeeds(int times, long nanos) {
    for (int i = 0; i < times; i++) {
      estimate.succeeded(nanos);
    }
  }

  @Test
  void nothingIsBelievedOfTheFirstCalls() {
    succeeds(StepEstimate.FIRST - 1, 100);
    assertThat(estimate.believed()).isZero();
    assertThat(estimate.tooLong(1)).isZero();
  }

  @Test
  void aStepThatTakesLongerThanWhatIsLeftIsRefused() {
    succeeds(StepEstimate.FIRST, 100);
    assertThat(estimate.tooLong(100)).isZero();
    assertThat(estimate.tooLong(99)).isEqualTo(100);
  }

  @Test
  void theShortestCounts() {
    succeeds(100, 1_000);
    estimate.succeeded(10);
    assertThat(estimate.believed()).isEqualTo(10);
  }

  @Test
  void aShortTimeIsForgotten() {
    estimate.succeeded(10);
    succeeds(100, 1_000);
    assertThat(estimate.believed()).isBetween(900L, 1_000L);
  }

  /** Else a step that has become faster would be refused for ever. */
  @Test
  void aRefusedStepIsTriedAgainSoonerOrLater() {
    succeeds(StepEstimate.FIRST, 1_000);
    int refused = 0;
    while (estimate.tooLong(500) > 0) {
      refused++;
    }
    assertThat(refused).isBetween(5, 20);
    estimate.succeeded(400);
    assertThat(estimate.tooLong(500)).isZero();
  }

  @Test
  void aTryThatFailsForWantOfTimeRestoresTheEstimate() {
    succeeds(StepEstimate.FIRST, 1_000);
    while (estimate.tooLong(500) > 0) {}
    estimate.cutShort();
    assertThat(estimate.tooLong(500)).isEqualTo(1_000);
  }
}
