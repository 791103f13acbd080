package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The story of an end, and the exceptions that carry it. */
class EndingTest extends Fixture {

  @Test
  @DisplayName("an ending says how, why, where and when, in one line")
  void tellsTheStory() {
    CancellableContext ctx = root.withName("work").withCancel();
    clock.advanceSilently(SECOND);
    ctx.cancel(new IOException("no more"));
    Ending ending = ctx.ending();
    assertThat(ending.at()).isEqualTo(Instant.EPOCH.plus(SECOND));
    assertThat(ending.path()).isEqualTo("background/test/work");
    assertThat(ending.toString())
        .isEqualTo(
            "CANCELLED at 1970-01-01T00:00:01Z: cancelled by the owner of \"work\":"
                + " java.io.IOException: no more (background/test/work)");
  }

  @Test
  @DisplayName("R10: a close is timed when its time is first asked for, and then stays as it is")
  void aCloseIsTimedWhenAsked() {
    CancellableContext ctx = root.withCancel();
    Context child = ctx.withCancel();
    ctx.close();
    clock.advanceSilently(SECOND);
    Instant asked = child.ending().at();
    clock.advanceSilently(SECOND);
    assertThat(asked).isEqualTo(Instant.EPOCH.plus(SECOND));
    assertThat(child.ending().at()).isEqualTo(asked);
    assertThat(ctx.ending().message()).isEqualTo("closed by its owner, \"test\"");
  }

  @Test
  @DisplayName("an exception carries its ending and the failure that the end brought about")
  void anExceptionCarriesItsEnding() {
    CancellableContext ctx = root.withCancel();
    var failure = new IOException("stream closed");
    ctx.throwIfDone(failure);
    ctx.cancel();
    assertThatThrownBy(() -> ctx.throwIfDone(failure))
        .isInstanceOf(ContextCancelledException.class)
        .hasCause(failure)
        .satisfies(e -> assertThat(((ContextEndedException) e).ending()).isSameAs(ctx.ending()));
    assertThatThrownBy(ctx::throwIfDone).hasNoCause();
  }

  @Test
  @DisplayName("R18, R40: a cause that is slow to describe itself holds up no other thread")
  void aCauseIsAskedWithoutALock() throws Exception {
    var otherAsks = new CountDownLatch(1);
    var asked = new AtomicInteger();
    var slow =
        new IOException() {
          @Override
          public String toString() {
            if (asked.getAndIncrement() == 0) {
              awaitUntil(() -> otherAsks.getCount() == 0);
            } else {
              otherAsks.countDown();
            }
            return "slow";
          }
        };
    CancellableContext ctx = root.withCancel();
    ctx.cancel(slow);
    var first = new CompletableFuture<Ending>();
    Thread.ofPlatform().start(() -> first.complete(ctx.ending()));
    awaitUntil(() -> asked.get() == 1);
    assertThat(ctx.ending()).isSameAs(first.get());
  }

  /** Describes itself by what {@code text} gives, or throws. */
  private static IOException cause(Callable<String> text) {
    return new IOException() {
      @Override
      public String toString() {
        try {
          return text.call();
        } catch (Exception e) {
          throw EndingTest.<RuntimeException>undeclared(e);
        }
      }
    };
  }

  @SuppressWarnings("unchecked") // the point
  private static <X extends Exception> X undeclared(Exception e) throws X {
    throw (X) e;
  }

  static Stream<Callable<String>> hostileTexts() {
    return Stream.of(
        () -> {
          throw new StackOverflowError("in toString");
        },
        () -> {
          throw new IOException("in toString");
        },
        () -> null);
  }

  @ParameterizedTest
  @MethodSource("hostileTexts")
  @DisplayName("R40: a cause that cannot describe itself is named by its class")
  void aCauseThatCannotDescribeItself(Callable<String> text) {
    CancellableContext ctx = root.withCancel();
    IOException cause = cause(text);
    ctx.cancel(cause);
    assertThat(ctx.ending().message()).endsWith(": " + cause.getClass().getName());
    assertThatThrownBy(ctx::throwIfDone).isInstanceOf(ContextCancelledException.class);
    assertThat(ctx.toString()).contains("CANCELLED");
  }

  @Test
  @DisplayName("R16: what a cause says of itself is bounded and escaped")
  void aCauseThatSaysTooMuch() {
    CancellableContext ctx = root.withCancel();
    ctx.cancel(new IOException("a\nFAKE LINE \u202e" + "x".repeat(100_000)));
    assertThat(ctx.ending().message())
        .contains(": java.io.IOException: a\\u000aFAKE LINE \\u202exxx")
        .endsWith("xxx…")
        .hasSizeLessThan(700);
  }

  @Test
  @DisplayName("R40: a cause that interrupts the thread that asks leaves no interrupt")
  void aCauseThatInterrupts() {
    CancellableContext ctx = root.withCancel();
    ctx.cancel(
        cause(
            () -> {
              Thread.currentThread().interrupt();
              return "rude";
            }));
    assertThat(ctx.ending().message()).endsWith(": rude");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  @DisplayName("R6: detached work hangs below a root that any code may open")
  void aRootIsNamed() {
    try (CancellableContext shop = Context.root("shop")) {
      assertThat(shop.toString()).isEqualTo("background/shop");
    }
  }
}
