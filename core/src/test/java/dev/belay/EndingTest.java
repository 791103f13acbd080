package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

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

  @Test
  @DisplayName("R6: detached work hangs below a root that any code may open")
  void aRootIsNamed() {
    try (CancellableContext shop = Context.root("shop")) {
      assertThat(shop.toString()).isEqualTo("background/shop");
    }
  }
}
