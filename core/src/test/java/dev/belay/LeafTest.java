package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TreeInspector;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The rules below a root that does not track: there a context that nobody watches is a leaf. */
@DisplayName("Below a root that does not track")
class LeafTest {
  private static CancellableContext untracked(ManualClock time) {
    return PlainContext.root("test", new Environment(time, false, false));
  }

  @Nested
  class Trees extends TreeTest {
    @Override
    CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Deadlines extends DeadlineTest {
    @Override
    CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Reactions extends ReactionTest {
    @Override
    CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Runs extends RunTest {
    @Override
    CancellableContext open(ManualClock time) {
      return untracked(time);
    }

    @Override
    @Test
    @DisplayName("R29: below another root a leaf does not show")
    void trackingIsAPropertyOfTheRoot() {
      CancellableContext leaf = root.withCancel();
      while (((CancelContext) leaf).link() != null) { // one of the sample of leaks
        leaf.close();
        leaf = root.withCancel();
      }
      assertThat(TreeInspector.live(root)).isEmpty();
      leaf.withCancel();
      assertThat(TreeInspector.live(root)).hasSize(1);
    }
  }
}
