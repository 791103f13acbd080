package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.TreeInspector;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R29: the live tree. */
class TrackingTest extends Fixture {

  /** A leaf that is not one of the sample of leaks, which have links. */
  private static CancellableContext leafOf(Context parent) {
    CancellableContext leaf = parent.withCancel();
    while (((CancelContext) leaf).link() != null) {
      leaf.close();
      leaf = parent.withCancel();
    }
    return leaf;
  }

  @Test
  @DisplayName("R29: below a root that tracks every live context shows")
  void belowATrackedRootEveryContextShows() {
    var leaf = root.withName("leaf").withCancel();
    assertThat(TreeInspector.live(root)).extracting("context").hasToString("[" + leaf + "]");
    leaf.close();
    assertThat(TreeInspector.live(root)).isEmpty();
  }

  @Test
  @DisplayName("R29: below another root, and without one, what is linked shows")
  void elsewhereWhatIsLinkedShows() {
    var quiet = PlainContext.root("quiet", new Environment(clock, false, false));
    for (CancellableContext top :
        new CancellableContext[] {quiet, Context.background().withCancel()}) {
      CancellableContext child = leafOf(top);
      assertThat(TreeInspector.live(top)).isEmpty();
      CancellableContext grandchild = leafOf(child);
      assertThat(TreeInspector.live(top)).extracting("depth").containsExactly(1);
      grandchild.onDone(() -> {});
      assertThat(TreeInspector.live(top)).extracting("depth").containsExactly(1, 2);
      assertThat(TreeInspector.live(top)).extracting("reactions").containsExactly(0, 1);
      top.close();
      assertThat(TreeInspector.live(top)).isEmpty();
    }
    assertThat(TreeInspector.live(Context.background())).isEmpty();
  }
}
