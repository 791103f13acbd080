package dev.belay.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.spi.TreeInspector;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Calls of all kinds, ended at random moments: only those end, and nothing is left. */
class StormIT {

  @Test
  void noCallButTheCancelledOnesFails(Context root) throws Exception {
    long seed = new Random().nextLong();
    try (var storm = Storm.open(root, seed)) {
      storm.run(Integer.getInteger("belay.storm.operations", 2_000));
      assertThat(storm.victims()).as("seed %d", seed).isEmpty();
      assertThat(storm.cancelled())
          .as("calls that a cancel has met, of seed %d", seed)
          .isPositive();
    }
    assertThat(TreeInspector.live(root)).as("seed %d", seed).hasSizeLessThanOrEqualTo(1);
  }
}
