package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The eight rules, each broken and kept. All of it compiles: no compiler finds these. */
class RulesExamples {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Held, because a context that nobody holds may be collected before a test looks for it. */
  private static final List<Context> ASKED = new ArrayList<>();

  // ---- 1 first, and named ctx

  static class Wrong1 {
    // @start region=wrong-1
    String find(String id, Context parent, boolean fresh) {
      parent.throwIfDone();
      return "order " + id + (fresh ? "!" : "");
    }
    // @end region=wrong-1
  }

  static class Right1 {
    // @start region=right-1
    String find(Context ctx, String id, boolean fresh) {
      ctx.throwIfDone();
      return "order " + id + (fresh ? "!" : "");
    }
    // @end region=right-1
  }

  @Test
  void firstAndNamedCtxIsForReaders(Context ctx) {
    assertThat(new Wrong1().find("7", ctx, false)).isEqualTo(new Right1().find(ctx, "7", false));
  }

  // ---- 2 never in a field

  // @start region=wrong-2
  static class OrdersOfSomebody {
    private final Context ctx; // whose?

    OrdersOfSomebody(Context ctx) {
      this.ctx = ctx;
    }

    String find(String id) {
      ctx.throwIfDone();
      return "order " + id;
    }
  }

  // @end region=wrong-2

  // @start region=right-2
  static class Orders {
    String find(Context ctx, String id) {
      ctx.throwIfDone();
      return "order " + id;
    }
  }

  // @end region=right-2

  @Test
  void aFieldKeepsTheFirstRequestsContextForAllOthers(Context ctx) {
    OrdersOfSomebody wrong;
    try (var first = ctx.withName("first").withCancel()) {
      wrong = new OrdersOfSomebody(first);
      assertThat(wrong.find("7")).isEqualTo("order 7");
    }
    try (var second = ctx.withName("second").withCancel()) {
      assertThatThrownBy(() -> wrong.find("7"))
          .isInstanceOf(ContextCancelledException.class)
          .hasMessage("closed by its owner, \"first\"");
      assertThat(new Orders().find(second, "7")).isEqualTo("order 7");
    }
  }

  // ---- 3 always closed

  static String ask(Context ctx) {
    ASKED.add(ctx);
    ctx.throwIfDone();
    return "answer";
  }

  static class Wrong3 {
    // @start region=wrong-3
    String lookUp(Context ctx) {
      return ask(ctx.withTimeout(Duration.ofSeconds(2)));
    }
    // @end region=wrong-3
  }

  static class Right3 {
    // @start region=right-3
    String lookUp(Context ctx) {
      try (var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
        return ask(limited);
      }
    }
    // @end region=right-3
  }

  @Test
  void whatNobodyClosesStaysInTheTree() {
    try (var root = Context.root("shop")) {
      assertThat(new Right3().lookUp(root)).isEqualTo("answer");
      assertThat(TreeInspector.live(root)).isEmpty();
      assertThat(new Wrong3().lookUp(root)).isEqualTo("answer");
      assertThat(TreeInspector.live(root)).hasSize(1);
    }
  }

  // ---- 4 never null

  static class Wrong4 {
    // @start region=wrong-4
    String report() {
      return ask(null);
    }
    // @end region=wrong-4
  }

  static class Right4 {
    // @start region=right-4
    String report() {
      return ask(Context.todo()); // until report() gets a context of its own
    }
    // @end region=right-4
  }

  @Test
  void nullFailsFarFromWhereItWasPassed() {
    assertThatThrownBy(() -> new Wrong4().report()).isInstanceOf(NullPointerException.class);
    assertThat(new Right4().report()).isEqualTo("answer");
  }

  // ---- 5 values are facts about the request

  interface Mailer {
    void send(Context ctx, String text);
  }

  // @start region=wrong-5
  static class ConfirmationsWithoutAMailer {
    static final ContextKey<Mailer> MAILER = ContextKey.named("mailer", Mailer.class);

    void confirm(Context ctx, String order) {
      ctx.require(MAILER).send(ctx, order + " is on its way");
    }
  }

  // @end region=wrong-5

  // @start region=right-5
  static class Confirmations {
    private final Mailer mailer;

    Confirmations(Mailer mailer) {
      this.mailer = mailer;
    }

    void confirm(Context ctx, String order) {
      mailer.send(ctx, order + " is on its way");
    }
  }

  // @end region=right-5

  @Test
  void aPartOfTheProgramIsMissingWhereverItIsNotAFactOfTheRequest(Context ctx) {
    List<String> sent = new ArrayList<>();
    Mailer mailer = (c, text) -> sent.add(text);
    Context request = ctx.withValue(ConfirmationsWithoutAMailer.MAILER, mailer);
    new ConfirmationsWithoutAMailer().confirm(request, "tea");
    Context nightlyJob = ctx.withName("nightly job");
    assertThatThrownBy(() -> new ConfirmationsWithoutAMailer().confirm(nightlyJob, "coffee"))
        .isInstanceOf(IllegalStateException.class);
    new Confirmations(mailer).confirm(nightlyJob, "coffee");
    assertThat(sent).containsExactly("tea is on its way", "coffee is on its way");
  }

  // ---- 6 typed keys

  record User(String name) {}

  static class Wrong6 {
    // @start region=wrong-6
    static final ContextKey<Object> USER = ContextKey.named("user", Object.class);

    String greet(Context ctx) {
      return "hello " + ((User) ctx.require(USER)).name();
    }
    // @end region=wrong-6
  }

  static class Right6 {
    // @start region=right-6
    static final ContextKey<User> USER = ContextKey.named("user", User.class);

    String greet(Context ctx) {
      return "hello " + ctx.require(USER).name();
    }
    // @end region=right-6
  }

  @Test
  void anUntypedKeyTakesAnything(Context ctx) {
    Context careless = ctx.withValue(Wrong6.USER, "ada"); // does not compile with a typed key
    assertThatThrownBy(() -> new Wrong6().greet(careless)).isInstanceOf(ClassCastException.class);
    Context typed = ctx.withValue(Right6.USER, new User("ada"));
    assertThat(new Right6().greet(typed)).isEqualTo("hello ada");
  }

  @Test
  void aKeyMadeTwiceIsTwoKeys(Context ctx) {
    Context request = ctx.withValue(ContextKey.named("user", User.class), new User("ada"));
    ContextKey<User> another = ContextKey.named("user", User.class);
    assertThat(request.get(another)).isNull();
  }

  // ---- 7 look before expensive work

  static class Renderer {
    final VirtualClock clock;
    int started;

    Renderer(VirtualClock clock) {
      this.clock = clock;
    }

    String render(Context ctx) {
      started++;
      clock.advance(SECOND.multipliedBy(20));
      ctx.throwIfDone();
      return "picture";
    }
  }

  static class Wrong7 {
    // @start region=wrong-7
    String picture(Context ctx, Renderer renderer) {
      return renderer.render(ctx); // takes 20 seconds
    }
    // @end region=wrong-7
  }

  static class Right7 {
    // @start region=right-7
    String picture(Context ctx, Renderer renderer) {
      if (!ctx.hasTimeFor(Duration.ofSeconds(20))) {
        return "no time for a picture";
      }
      return renderer.render(ctx);
    }
    // @end region=right-7
  }

  @Test
  void workThatCannotBeFinishedIsNotStarted(Context ctx, VirtualClock clock) {
    var renderer = new Renderer(clock);
    try (var request = ctx.withTimeout(SECOND.multipliedBy(10))) {
      assertThat(new Right7().picture(request, renderer)).isEqualTo("no time for a picture");
      assertThat(renderer.started).isZero();
      assertThatThrownBy(() -> new Wrong7().picture(request, renderer)).hasMessageContaining("10s");
      assertThat(renderer.started).isEqualTo(1); // twenty seconds, for nobody
    }
  }

  // ---- 8 through every layer

  static class Wrong8 {
    // @start region=wrong-8
    String handle(Context ctx, String id) {
      return invoice(id);
    }

    String invoice(String id) {
      return new Orders().find(Context.todo(), id) + ", paid";
    }
    // @end region=wrong-8
  }

  static class Right8 {
    // @start region=right-8
    String handle(Context ctx, String id) {
      return invoice(ctx, id);
    }

    String invoice(Context ctx, String id) {
      return new Orders().find(ctx, id) + ", paid";
    }
    // @end region=right-8
  }

  @Test
  void aLayerThatDoesNotPassItOnGoesOnForNobody(Context ctx) {
    try (var request = ctx.withCancel()) {
      request.cancel();
      assertThat(new Wrong8().handle(request, "7")).isEqualTo("order 7, paid");
      assertThatThrownBy(() -> new Right8().handle(request, "7"))
          .isInstanceOf(ContextCancelledException.class);
    }
  }
}
