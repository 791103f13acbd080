package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.LiveContext;
import dev.belay.spi.Roots;
import dev.belay.spi.TreeInspector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R29: the live tree. */
class TrackingTest extends Fixture {

  @Test
  @DisplayName("R29: below a root that tracks every live context shows")
  void belowATrackedRootEveryContextShows() {
    var leaf = root.withName("leaf").withCancel();
    assertThat(TreeInspector.live(root))
        .extracting(LiveContext::context)
        .hasToString("[" + leaf + "]");
    leaf.close();
    assertThat(TreeInspector.live(root)).isEmpty();
  }

  @Test
  @DisplayName("R29: below another root, and without one, what is linked shows")
  void elsewhereWhatIsLinkedShows() {
    var quiet = NamedContext.root("quiet", new Environment(clock, false, false));
    for (CancellableContext top :
        new CancellableContext[] {quiet, Context.background().withCancel()}) {
      CancellableContext child = leaf(top::withCancel);
      assertThat(TreeInspector.live(top)).isEmpty();
      CancellableContext grandchild = leaf(child::withCancel);
      assertThat(TreeInspector.live(top)).extracting(LiveContext::depth).containsExactly(1);
      grandchild.onDone(() -> {});
      assertThat(TreeInspector.live(top)).extracting(LiveContext::depth).containsExactly(1, 2);
      assertThat(TreeInspector.live(top)).extracting(LiveContext::reactions).containsExactly(0, 1);
      top.close();
      assertThat(TreeInspector.live(top)).isEmpty();
    }
    assertThat(TreeInspector.live(Context.background())).isEmpty();
  }

  @Test
  @DisplayName("R13: what has ended does not hang in its parent, whatever it had below")
  void whatHasEndedDoesNotHang() throws InterruptedException {
    for (CancellableContext top :
        new CancellableContext[] {
          root, NamedContext.root("quiet", new Environment(clock, false, false))
        }) {
      CancellableContext observed = top.withCancel();
      observed.onDone(() -> {});
      CancellableContext parent = top.withCancel();
      CancellableContext child = parent.withCancel();
      child.onDone(() -> {});
      observed.cancel();
      parent.cancel();
      clock.settle();
      assertThat(((CancelContext) top).link().entries()).isEmpty();
      top.close();
    }
  }

  @Test
  @DisplayName("R29: where contexts were made is recorded if the root says so, else for a sample")
  void sitesAreRecordedIfTheRootSaysSo() {
    try (var recording = Roots.open("recording", clock, true)) {
      for (CancellableContext top : new CancellableContext[] {recording, root}) {
        List<Context> held = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
          held.add(top.withCancel());
        }
        long sites = TreeInspector.live(top).stream().filter(live -> live.site() != null).count();
        assertThat(held).hasSize(500);
        if (top == recording) {
          assertThat(sites).isEqualTo(500);
        } else {
          assertThat(sites).isLessThan(50); // one in 1024 is of the sample
        }
      }
    }
  }

  @Test
  @DisplayName("R26, R29: below a root that does not track next to nothing has a link")
  void withoutTrackingThereAreNoLinks() {
    try (var quiet = NamedContext.root("quiet", new Environment(clock, false, false))) {
      List<CancelContext> leaves = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        leaves.add((CancelContext) quiet.withCancel());
      }
      assertThat(leaves.stream().filter(leaf -> leaf.link() != null).count()).isLessThan(50);
    }
  }

  @Test
  @DisplayName("R29: each watcher of a context is counted once, whatever it is")
  void watchersAreCounted() {
    try (var quiet = NamedContext.root("quiet", new Environment(clock, false, false))) {
      CancellableContext leaf = leaf(quiet::withCancel);
      Registration first = leaf.onDone(() -> {});
      assertThat(TreeInspector.live(quiet)).extracting(LiveContext::reactions).containsExactly(1);
      Registration second = leaf.onDone(() -> {});
      assertThat(TreeInspector.live(quiet)).extracting(LiveContext::reactions).containsExactly(2);
      first.stop();
      assertThat(TreeInspector.live(quiet)).extracting(LiveContext::reactions).containsExactly(1);
      second.stop();
      assertThat(TreeInspector.live(quiet)).extracting(LiveContext::reactions).containsExactly(0);
    }
  }
}
