package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** R8: depth and width have no limit. */
@Tag("large")
class LargeTreeTest extends Fixture {
  @Test
  @DisplayName("R8: a chain of 1,000,000 can be built, cancelled, printed, dropped")
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
        child.withCancel();
      }
      children.add(child);
    }
    top.cancel();
    assertThat(children).allMatch(Context::isDone);
  }
}
