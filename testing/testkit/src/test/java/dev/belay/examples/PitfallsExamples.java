package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.spi.TreeInspector;
import dev.belay.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The six pitfalls, each stepped into and avoided. */
class PitfallsExamples {
  private static final Duration SECOND = Duration.ofSeconds(1);

  /** Held, because a context that nobody holds may be collected before a test looks for it. */
  private static final List<Context> ASKED = new ArrayList<>();

  private static final List<String> ALL = List.of("a", "b", "c", "d", "e");

  // ---- 1 a close that is lost on one way out

  static class Wrong1 {
    // @start region=wrong-1
    String lookUp(Context ctx, String id) {
      var limited = ctx.withTimeout(Duration.ofSeconds(2));
      String answer = ask(limited, id); // may throw
      limited.close();
      return answer;
    }
    // @end region=wrong-1
  }

  static class Right1 {
    // @start region=right-1
    String lookUp(Context ctx, String id) {
      try (var limited = ctx.withTimeout(Duration.ofSeconds(2))) {
        return ask(limited, id);
      }
    }
    // @end region=right-1
  }

  static String ask(Context ctx, String id) {
    ASKED.add(ctx);
    ctx.throwIfDone();
    if (id.isEmpty()) {
      throw new IllegalArgumentException("which?");
    }
    return "order " + id;
  }

  @Test
  void theExceptionTakesAnotherWayOut() {
    try (var root = Context.root("shop")) {
      assertThatThrownBy(() -> new Right1().lookUp(root, "")).hasMessage("which?");
      assertThat(new Wrong1().lookUp(root, "7")).isEqualTo("order 7");
      assertThat(TreeInspector.live(root)).isEmpty();
      assertThatThrownBy(() -> new Wrong1().lookUp(root, "")).hasMessage("which?");
      assertThat(TreeInspector.live(root)).hasSize(1);
    }
  }

  // ---- 2 values as hidden parameters

  // @start region=wrong-2
  static class ListsByValue {
    static final ContextKey<Integer> LIMIT = ContextKey.named("limit", Integer.class);

    List<String> overview(Context ctx) {
      Context two = ctx.withValue(LIMIT, 2);
      List<String> all = new ArrayList<>(newest(two));
      all.addAll(overdue(two)); // two of these as well: nobody meant that
      return all;
    }

    List<String> newest(Context ctx) {
      return first(ctx.require(LIMIT));
    }

    List<String> overdue(Context ctx) {
      Integer limit = ctx.get(LIMIT);
      return limit == null ? ALL : first(limit);
    }
  }

  // @end region=wrong-2

  // @start region=right-2
  static class Lists {
    List<String> overview(Context ctx) {
      List<String> all = new ArrayList<>(newest(ctx, 2));
      all.addAll(overdue(ctx));
      return all;
    }

    List<String> newest(Context ctx, int limit) {
      ctx.throwIfDone();
      return first(limit);
    }

    List<String> overdue(Context ctx) {
      ctx.throwIfDone();
      return ALL;
    }
  }

  // @end region=right-2

  static List<String> first(int limit) {
    return ALL.subList(0, limit);
  }

  @Test
  void aValueReachesCallsThatItWasNotMeantFor(Context ctx) {
    assertThat(new ListsByValue().overview(ctx)).hasSize(4);
    assertThat(new Lists().overview(ctx)).hasSize(7);
  }

  // ---- 3 a long loop that never looks

  static class Wrong3 {
    // @start region=wrong-3
    void importAll(Context ctx, List<String> lines, Consumer<String> importLine) {
      for (String line : lines) {
        importLine.accept(line);
      }
    }
    // @end region=wrong-3
  }

  static class Right3 {
    // @start region=right-3
    void importAll(Context ctx, List<String> lines, Consumer<String> importLine) {
      for (String line : lines) {
        ctx.throwIfDone();
        importLine.accept(line);
      }
    }
    // @end region=right-3
  }

  @Test
  void aLoopThatDoesNotLookRunsToItsEnd(Context ctx) {
    List<String> done = new ArrayList<>();
    try (var request = ctx.withCancel()) {
      new Wrong3().importAll(request, ALL, line -> cancelAfterTwo(request::cancel, done, line));
      assertThat(done).hasSize(5);
    }
    done.clear();
    try (var request = ctx.withCancel()) {
      assertThatThrownBy(
              () ->
                  new Right3()
                      .importAll(request, ALL, line -> cancelAfterTwo(request::cancel, done, line)))
          .isInstanceOf(ContextCancelledException.class);
      assertThat(done).hasSize(2);
    }
  }

  private static void cancelAfterTwo(Runnable cancel, List<String> done, String line) {
    done.add(line);
    if (done.size() == 2) {
      cancel.run();
    }
  }

  // ---- 4 a fresh root where a parent is at hand

  static final ContextKey<String> USER = ContextKey.named("user", String.class);

  static class Wrong4 {
    // @start region=wrong-4
    String price(Context ctx, String product) {
      try (var limited = Context.background().withTimeout(Duration.ofSeconds(5))) {
        return ask(limited, product) + " for " + limited.get(USER);
      }
    }
    // @end region=wrong-4
  }

  static class Right4 {
    // @start region=right-4
    String price(Context ctx, String product) {
      try (var limited = ctx.withTimeout(Duration.ofSeconds(5))) {
        return ask(limited, product) + " for " + limited.get(USER);
      }
    }
    // @end region=right-4
  }

  @Test
  void aFreshRootKnowsNeitherTheEndNorTheUser(Context ctx) {
    try (var request = ctx.withValue(USER, "ada").withCancel()) {
      assertThat(new Right4().price(request, "7")).isEqualTo("order 7 for ada");
      request.cancel();
      assertThat(new Wrong4().price(request, "7")).isEqualTo("order 7 for null");
      assertThatThrownBy(() -> new Right4().price(request, "7"))
          .isInstanceOf(ContextCancelledException.class);
    }
  }

  // ---- 5 a child that asks for longer than its parent has

  static class Wrong5 {
    // @start region=wrong-5
    void export(Context ctx, Consumer<Context> write) {
      try (var halfAnHour =
          ctx.withTimeout(Duration.ofMinutes(30))) { // the request has ten seconds
        write.accept(halfAnHour);
      }
    }
    // @end region=wrong-5
  }

  static class Right5 {
    // @start region=right-5
    void export(Context ctx, Consumer<Context> write) {
      try (var export = ctx.detach("export", Duration.ofMinutes(30))) { // no longer the request's
        write.accept(export);
      }
    }
    // @end region=right-5
  }

  @Test
  void aChildNeverOutlivesItsParent(Context ctx, VirtualClock clock) {
    Consumer<Context> write =
        c -> {
          clock.advance(SECOND.multipliedBy(60));
          c.throwIfDone();
        };
    try (var request = ctx.withTimeout(SECOND.multipliedBy(10))) {
      assertThatThrownBy(() -> new Wrong5().export(request, write)).hasMessageContaining("10s");
    }
    try (var request = ctx.withTimeout(SECOND.multipliedBy(10))) {
      new Right5().export(request, write);
      assertThat(request.isDone()).isTrue();
    }
  }

  // ---- 6 a context kept in what lives longer

  // @start region=wrong-6
  static class MailsWithContexts {
    record Queued(Context ctx, String text) {}

    private final Queue<Queued> waiting = new ArrayDeque<>();

    void send(Context ctx, String text) {
      waiting.add(new Queued(ctx, text)); // the request is over before its turn comes
    }

    void work(Consumer<String> smtp) {
      Queued mail = waiting.remove();
      mail.ctx().run(c -> smtp.accept("for " + c.require(USER) + ": " + mail.text()));
    }
  }

  // @end region=wrong-6

  // @start region=right-6
  static class Mails {
    record Mail(String user, String text) {}

    private final Queue<Mail> waiting = new ArrayDeque<>();

    void send(Context ctx, String text) {
      waiting.add(new Mail(ctx.require(USER), text));
    }

    /** The worker's own root, and a limit for each mail. */
    void work(Context ctx, Consumer<String> smtp) {
      Mail mail = waiting.remove();
      try (var limited = ctx.withValue(USER, mail.user()).withTimeout(Duration.ofMinutes(1))) {
        limited.run(c -> smtp.accept("for " + c.require(USER) + ": " + mail.text()));
      }
    }
  }

  // @end region=right-6

  @Test
  void aQueuedContextHasEndedWhenItsTurnComes(Context ctx) {
    List<String> sent = new ArrayList<>();
    var wrong = new MailsWithContexts();
    var right = new Mails();
    try (var request = ctx.withName("POST /orders").withValue(USER, "ada").withCancel()) {
      wrong.send(request, "thanks");
      right.send(request, "thanks");
    }
    assertThatThrownBy(() -> wrong.work(sent::add))
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage("closed by its owner, \"POST /orders\"");
    right.work(ctx, sent::add);
    assertThat(sent).containsExactly("for ada: thanks");
  }
}
