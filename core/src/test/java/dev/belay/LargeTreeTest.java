package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R8: depth and width have no limit. */
@Tag("large")
class LargeTreeTest extends Fixture {
  @Test
  @DisplayName("R8: a chain of 1,000,000 can be built, cancelled, printed")
  void aMillionDeep() {
    var top = Context.background().withName("top").withCancel();
    Context leaf = top;
    for (int i = 0; i < 1_000_000; i++) {
      leaf = leaf.withCancel();
    }
    assertThat(leaf.isDone()).isFalse();
    top.cancel();
    assertThat(leaf.isDone()).isTrue();
    assertThat(leaf.withName("leaf")).hasToString("background/top/leaf [CANCELLED]");
  }

  @Test
  @DisplayName("R8, R27: a chain of 1,000,000 that is dropped unclosed is collected, all of it")
  void aMillionDeepIsDropped() {
    var parent = (CancelContext) root.withCancel();
    List<WeakReference<Context>> path = dropped(parent);
    awaitUntil(
        () -> {
          System.gc();
          return path.stream().allMatch(gone -> gone.refersTo(null));
        });
    awaitUntil(
        () -> {
          Dropped.clear(Integer.MAX_VALUE, site -> {});
          return parent.link().entries().isEmpty();
        });
    parent.close();
  }

  /** Some of the contexts of a chain that nobody holds. */
  private static List<WeakReference<Context>> dropped(Context parent) {
    List<WeakReference<Context>> path = new ArrayList<>();
    Context leaf = parent;
    for (int i = 0; i < 1_000_000; i++) {
      leaf = leaf.withCancel();
      if (i % 100_000 == 0) {
        path.add(new WeakReference<>(leaf));
      }
    }
    path.add(new WeakReference<>(leaf));
    return path;
  }

  @Test
  @DisplayName("R8: toString of a long chain elides its middle")
  void aLongChainIsPrintedShort() {
    Context leaf = Context.background();
    for (int i = 0; i < 1_000_000; i++) {
      leaf = leaf.withName("n" + i);
    }
    assertThat(leaf.toString())
        .startsWith("background/n0/n1/")
        .contains("/… 999977 more …/")
        .endsWith("/n999998/n999999")
        .hasSizeLessThan(300);
  }

  @Test
  @DisplayName("R8: a parent of 1,000,000 can be built and cancelled")
  void aMillionWide() {
    var top = Context.background().withCancel();
    List<Context> children = new ArrayList<>();
    for (int i = 0; i < 1_000_000; i++) {
      var child = top.withCancel();
      if (i % 2 == 0) {
        var unused = child.withCancel();
      }
      children.add(child);
    }
    top.cancel();
    assertThat(children).allMatch(Context::isDone);
  }
}
