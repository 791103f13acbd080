package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.Loggable;
import dev.belay.spi.Travelling;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R15, R16: values; R30: the text. */
class ValuesTest extends Fixture {

  @Test
  @DisplayName("R15: keys are compared by identity")
  void keysAreComparedByIdentity() {
    var other = ContextKey.named("user", String.class);
    Context ctx = root.withValue(USER, "ada");
    assertThat(ctx.get(USER)).isEqualTo("ada");
    assertThat(ctx.get(other)).isNull();
  }

  @Test
  @DisplayName("R15: a value shadows the ancestor's and outlives the end")
  void aValueShadowsAndOutlives() {
    Context outer = root.withValue(USER, "ada");
    var inner = outer.withValue(USER, "bob").withCancel();
    inner.cancel();
    assertThat(inner.get(USER)).isEqualTo("bob");
    assertThat(outer.get(USER)).isEqualTo("ada");
    assertThat(root.get(USER)).isNull();
  }

  @Test
  @DisplayName("R15: a key of a generic type takes the raw class, and keeps the type")
  void aKeyOfAGenericType() {
    ContextKey<List<String>> tags = ContextKey.named("tags", List.class);
    List<String> found = root.withValue(tags, List.of("a", "b")).require(tags);
    assertThat(found).containsExactly("a", "b");
    assertThat(tags).hasToString("ContextKey(tags: List)");
  }

  @Test
  @DisplayName("R15: a primitive class is refused where the key is made")
  void aPrimitiveClassIsRefused() {
    assertThatThrownBy(() -> ContextKey.named("n", int.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type is the primitive int: pass Integer.class");
    assertThatThrownBy(() -> ContextKey.named("n", void.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Void.class");
  }

  @Test
  @DisplayName("R15: any number of values, at any depth")
  void anyNumberOfValues() {
    List<ContextKey<Integer>> keys = new ArrayList<>();
    Context ctx = root;
    for (int i = 0; i < 1_000; i++) {
      ContextKey<Integer> key = ContextKey.named("k" + i, Integer.class);
      keys.add(key);
      assertThat(ctx.get(key)).isNull();
      ctx = ctx.withValue(key, i);
      for (int j = 0; j <= i; j += 37) {
        assertThat(ctx.get(keys.get(j))).isEqualTo(j);
      }
    }
    Context changed = ctx.withValue(keys.get(3), -3).withCancel();
    for (int i = 0; i < 1_000; i++) {
      assertThat(ctx.get(keys.get(i))).isEqualTo(i);
      assertThat(changed.get(keys.get(i))).isEqualTo(i == 3 ? -3 : i);
    }
  }

  @Test
  @DisplayName("R15: keys whose numbers begin alike do not hide each other")
  void keysThatMeetInTheTrie() {
    List<ContextKey<Integer>> keys = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      keys.add(ContextKey.named("k" + i, Integer.class));
    }
    // Neighbours lie far apart, so that two that meet twice are some thousands away.
    Context first = root.withValue(keys.get(0), 0);
    for (int i = 1; i < keys.size(); i++) {
      Context both = first.withValue(keys.get(i), i);
      assertThat(both.get(keys.get(0))).isZero();
      assertThat(both.get(keys.get(i))).isEqualTo(i);
    }
    Context all = root;
    for (ContextKey<Integer> key : keys) {
      all = all.withValue(key, keys.size());
    }
    for (ContextKey<Integer> key : keys) {
      assertThat(all.get(key)).isEqualTo(keys.size());
    }
  }

  @Test
  @DisplayName("R15: require names the missing key")
  void requireNamesTheKey() {
    assertThatThrownBy(() -> root.require(USER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ContextKey(user: String)");
    assertThat(root.withValue(USER, "ada").require(USER)).isEqualTo("ada");
  }

  @Test
  @SuppressWarnings({"NullAway", "unchecked", "rawtypes"}) // what a caller without checks does
  @DisplayName("R15: nulls are refused with a message that says what to do")
  void nullsAreRefused() {
    assertThatThrownBy(() -> root.withValue(USER, null)).hasMessageContaining("leave it out");
    assertThatThrownBy(() -> root.withValue(null, "x")).hasMessageContaining("key");
    assertThatThrownBy(() -> root.get(null)).hasMessageContaining("key");
    assertThatThrownBy(() -> root.withName(null)).hasMessageContaining("name");
    assertThatThrownBy(() -> root.cancel(null)).hasMessageContaining("call cancel()");
    assertThatThrownBy(() -> root.withCancelFrom(null)).hasMessageContaining("Context.todo()");
    assertThatThrownBy(() -> root.withTimeout(null)).hasMessageContaining("withCancel()");
    assertThatThrownBy(() -> Context.root(null)).hasMessageContaining("name");
    assertThatThrownBy(() -> root.onDone(null)).hasMessageContaining("action");
    assertThatThrownBy(() -> root.withValue((ContextKey) USER, 42))
        .isInstanceOf(ClassCastException.class)
        .hasMessageContaining("user");
  }

  @Test
  @DisplayName("R16: values are never printed, unless the key is loggable")
  void valuesAreNotPrinted() {
    Context ctx = root.withValue(USER, "secret").withName("step");
    assertThat(ctx.toString()).doesNotContain("secret");
    assertThat(USER.toString()).doesNotContain("secret");
    assertThat(USER.name()).isEqualTo("user");
    assertThat(USER.show("secret")).isNull();
    assertThat(USER.loggable(user -> user + "\n").show("ada")).isEqualTo("ada\\u000a");
  }

  @Test
  @DisplayName("R16: a key travels only if it says so")
  void aKeyTravelsOnlyIfItSaysSo() {
    assertThat(USER.codec()).isNull();
    var codec =
        new ContextKey.Codec<String>() {
          @Override
          public String encode(String value) {
            return value;
          }

          @Override
          public String decode(String text) {
            return text;
          }
        };
    assertThat(USER.travelling(codec).codec()).isSameAs(codec);
    assertThat(USER.travelling(codec).show("x")).isNull();
  }

  @Test
  @DisplayName("R16: names are bounded and escaped where shown")
  void namesAreBoundedAndEscaped() {
    assertThat(root.withName("a\nb\"c\u001b"))
        .hasToString("background/test/a\\u000ab\\u0022c\\u001b");
    assertThat(root.withName("x".repeat(10_000)).toString()).hasSizeLessThan(120).endsWith("…");
  }

  @Test
  @DisplayName("R30: the text is the path with names, time left and status")
  void theText() {
    var request = root.withName("POST /orders").withTimeout(SECOND.multipliedBy(2));
    clock.advanceSilently(java.time.Duration.ofMillis(600));
    var charge = request.withName("charge").withCancel();
    assertThat(charge).hasToString("background/test/POST /orders [2s, 1.4s left]/charge");
    charge.cancel();
    assertThat(charge).hasToString("background/test/POST /orders [2s]/charge [CANCELLED]");
    assertThat(Context.background()).hasToString("background");
    assertThat(Context.todo()).hasToString("todo");
    request.close();
  }

  @Test
  @DisplayName("R16: the name of a key is bounded and escaped where a null value is refused")
  void aNullValueUnderAHostileName() {
    var key = ContextKey.named("n\n\u202e" + "x".repeat(10_000), String.class);
    assertThatThrownBy(() -> Context.background().withValue(key, null))
        .isInstanceOf(NullPointerException.class)
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(200).matches("[ -~…]+"));
  }

  @Test
  @DisplayName("R16: what may be logged is what the keys show, and nothing else")
  void loggableValues() {
    Context ctx = root.withName("GET /");
    assertThat(Loggable.values(ctx)).isEmpty();
    for (int i = 0; i < 100; i++) { // more than one node holds
      int number = i;
      ContextKey<Integer> key =
          ContextKey.<Integer>named("key " + i, Integer.class).loggable(value -> "<" + value + ">");
      ctx =
          ctx.withValue(i % 2 == 0 ? key : ContextKey.named("hidden " + i, Integer.class), number);
    }
    assertThat(Loggable.values(ctx)).hasSize(50).containsEntry("key 98", "<98>");
    ContextKey<String> bad =
        ContextKey.<String>named("bad", String.class)
            .loggable(
                value -> {
                  throw new IllegalStateException(value);
                });
    assertThat(Loggable.values(ctx.withValue(bad, "secret")))
        .containsEntry("bad", "(failed: IllegalStateException)");
    assertThat(Loggable.values(ctx.withValue(bad, "secret").withCancel())).hasSize(51);
    assertThat(Loggable.path(ctx)).isEqualTo("background/test/GET /");
  }

  @Test
  @DisplayName("R16: what travels with work that outlives its caller is what the keys let travel")
  void travellingValues() {
    Context from =
        root.withValue(USER, "secret")
            .withValue(Criticality.KEY, Criticality.CRITICAL)
            .withName("request");
    Context to = Travelling.copy(from, root.withName("job"));
    assertThat(to.get(USER)).isNull();
    assertThat(to.get(Criticality.KEY)).isEqualTo(Criticality.CRITICAL);
    assertThat(Travelling.copy(root, to)).isSameAs(to);
  }
}
