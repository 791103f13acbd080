package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextKey;
import org.junit.jupiter.api.Test;

/** Facts about the request, for every layer. */
class ValuesExamples {

  // @start region=user
  record User(String name, String token) {}

  static final ContextKey<User> USER = ContextKey.named("user", User.class);

  /** The edge sets it. */
  static String handle(Context ctx, User authenticated) {
    return order(ctx.withValue(USER, authenticated), "tea");
  }

  /** A layer between passes its context on, and knows nothing of users. */
  static String order(Context ctx, String product) {
    return write(ctx.withName("write"), product);
  }

  /** Three layers down it is there, with its type. */
  static String write(Context ctx, String product) {
    return product + " for " + ctx.require(USER).name();
  }

  @Test
  void aTypedUserThreeLayersDown(Context ctx) {
    assertThat(handle(ctx, new User("ada", "s3cret"))).isEqualTo("tea for ada");
  }

  // @end region=user

  @Test
  void itIsNeverPrinted(Context ctx) {
    assertThat(ctx.withValue(USER, new User("ada", "s3cret")).withName("write").toString())
        .endsWith("/write")
        .doesNotContain("ada", "s3cret");
  }

  @Test
  void whoAsksForOneThatIsNotThereIsToldWhich(Context ctx) {
    assertThatThrownBy(() -> order(ctx, "tea"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("user");
  }

  // @start region=loggable
  static final ContextKey<User> SHOWN = USER.loggable(User::name);

  @Test
  void aKeySaysWhatOfItsValueMayBeShown() {
    var ada = new User("ada", "s3cret");
    assertThat(SHOWN.show(ada)).isEqualTo("ada");
    assertThat(USER.show(ada)).isNull();
  }
  // @end region=loggable
}
