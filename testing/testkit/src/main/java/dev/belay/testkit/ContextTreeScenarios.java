package dev.belay.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.DeadlineExceededException;
import dev.belay.Status;
import dev.belay.spi.TreeInspector;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Ends, deadlines and values in a tree of contexts: R1–R16. */
abstract class ContextTreeScenarios {
  private static final ContextKey<String> USER = ContextKey.named("user", String.class);

  static final Duration SHORT = Duration.ofMillis(20);
  static final Duration HOUR = Duration.ofHours(1);
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private CancellableContext root;

  abstract CancellableContext make();

  abstract void passes(Duration time);

  @BeforeEach
  void open() {
    root = make();
  }

  @AfterEach
  void nothingIsLeft() {
    root.close();
    assertEquals(List.of(), TreeInspector.live(root));
    assertSame(Context.background(), Context.current());
  }

  CancellableContext root() {
    return root;
  }

  static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  // ---- the tree

  @Test
  @DisplayName("R1: a child ends with its parent, a parent never with its child")
  void endsGoDownAndNeverUp() {
    var parent = root.withCancel();
    var child = parent.withCancel();
    var sibling = parent.withName("sibling").withCancel();
    child.cancel();
    assertFalse(parent.isDone());
    assertFalse(sibling.isDone());
    parent.cancel();
    assertEquals(Status.CANCELLED, sibling.status());
  }

  @Test
  @DisplayName("R1: current() hands out no right to cancel")
  void currentCannotBeCancelled() {
    root.run(ctx -> assertFalse(Context.current() instanceof CancellableContext));
  }

  @Test
  @DisplayName("R2: only the first end counts")
  void onlyTheFirstEndCounts() throws Exception {
    var first = new IOException("first");
    try (var ctx = root.withTimeout(SHORT)) {
      ctx.cancel(first);
      ctx.cancel(new IOException("second"));
      passes(HOUR);
      assertEquals(Status.CANCELLED, ctx.status());
      assertSame(first, ctx.cause());
    }
  }

  @Test
  @DisplayName("R3: when cancel returns, every live descendant is done")
  void everyDescendantIsDoneWhenCancelReturns() {
    var top = root.withCancel();
    List<Context> below = new ArrayList<>();
    Context chain = top;
    for (int i = 0; i < 300; i++) {
      chain = chain.withCancel();
      below.add(chain);
      below.add(chain.withTimeout(HOUR));
    }
    top.cancel();
    assertTrue(below.stream().allMatch(Context::isDone));
  }

  @Test
  @DisplayName("R4: awaitDone returns when the status says so")
  void statusAndAwaitDoneAgree() throws Exception {
    var ctx = root.withCancel();
    var seen = new CompletableFuture<Status>();
    var attempt =
        Attempt.start(
            () -> {
              ctx.awaitDone();
              return seen.complete(ctx.status());
            });
    attempt.awaitBlocked();
    ctx.cancel();
    assertEquals(Status.CANCELLED, get(seen));
    assertNull(attempt.failure());
  }

  @Test
  @DisplayName("R5: the cause is inherited as the identical object")
  void theCauseIsTheIdenticalObject() {
    var why = new IOException("why");
    var parent = root.withCancel();
    Context below = parent.withCancel().withValue(USER, "ada").withCancel();
    parent.cancel(why);
    assertSame(why, below.cause());
  }

  @Test
  @DisplayName("R6: withoutCancel keeps only values; detached work has a limit of its own")
  void whatIsDetachedOutlivesItsParent() throws Exception {
    var request = root.withValue(USER, "ada").withTimeout(HOUR);
    Context free = request.withoutCancel();
    try (var work = request.detach("work", SHORT)) {
      request.cancel();
      assertFalse(free.isDone());
      assertNull(free.deadline());
      assertEquals("ada", free.get(USER));
      assertEquals("ada", work.get(USER));
      passes(SHORT);
      assertTrue(work.awaitDone(PATIENCE));
      assertEquals(Status.DEADLINE_EXCEEDED, work.status());
    }
  }

  @Test
  @DisplayName("R7: a child of an ended parent is born ended, with its end")
  void aChildOfAnEndedParentIsBornEnded() {
    var why = new IOException("why");
    var parent = root.withCancel();
    parent.cancel(why);
    for (var child : List.of(parent.withCancel(), parent.withTimeout(Duration.ZERO))) {
      assertEquals(Status.CANCELLED, child.status());
      assertSame(why, child.cause());
    }
  }

  @Test
  @DisplayName("R9: a merge ends before the cancel of either returns, and has the earlier deadline")
  void aMergeEndsWithEither() {
    for (boolean first : new boolean[] {true, false}) {
      var a = root.withTimeout(HOUR);
      var b = root.withTimeout(HOUR.multipliedBy(2));
      var merged = b.withCancelFrom(a).withCancel();
      assertTrue(merged.remainingNanos() <= HOUR.toNanos());
      (first ? a : b).cancel();
      assertTrue(merged.isDone());
      (first ? b : a).close();
    }
  }

  @Test
  @DisplayName("R10: close is a normal finish, and what runs below learns which context was closed")
  void closeIsANormalFinish() {
    var parent = root.withName("batch").withCancel();
    var child = parent.withCancel();
    parent.close();
    parent.cancel();
    assertEquals(Status.CLOSED, parent.status());
    var seen = assertThrows(ContextCancelledException.class, child::throwIfDone);
    assertEquals("closed by its owner, \"batch\"", seen.getMessage());
  }

  // ---- deadlines

  @Test
  @DisplayName("R11: the earliest deadline on the path counts")
  void theEarliestDeadlineCounts() throws Exception {
    try (var parent = root.withTimeout(SHORT);
        var child = parent.withTimeout(HOUR)) {
      assertTrue(child.remainingNanos() <= SHORT.toNanos());
      passes(SHORT);
      assertTrue(child.awaitDone(PATIENCE));
      assertSame(parent.cause(), child.cause());
    }
  }

  @Test
  @DisplayName("R12: a deadline passes by the context's clock, and no sooner")
  void aDeadlinePasses() throws Exception {
    var ruler = root.withTimeout(HOUR); // shows the time of the same clock
    long start = ruler.remainingNanos();
    try (ruler;
        var ctx = root.withTimeout(SHORT)) {
      var seen = new AtomicBoolean();
      ctx.onDone(() -> seen.set(true), Runnable::run);
      assertFalse(ctx.hasTimeFor(HOUR));
      passes(SHORT.minusNanos(1));
      boolean early = ctx.isDone() || seen.get(); // time that passes by itself may be further
      assertTrue(!early || start - ruler.remainingNanos() >= SHORT.toNanos(), "too soon");
      passes(Duration.ofNanos(1));
      assertTrue(ctx.awaitDone(PATIENCE));
      assertTrue(start - ruler.remainingNanos() >= SHORT.toNanos(), "too soon");
      assertThrows(DeadlineExceededException.class, ctx::throwIfDone);
    }
  }

  @Test
  @DisplayName("R12: zero, negative and past are born ended; the longest never comes")
  void durationsAreTakenAsTheyAre() {
    for (Duration none : List.of(Duration.ZERO, HOUR.negated())) {
      try (var ctx = root.withTimeout(none)) {
        assertEquals(Status.DEADLINE_EXCEEDED, ctx.status());
      }
    }
    try (var ctx = root.withTimeout(Duration.ofSeconds(Long.MAX_VALUE))) {
      passes(HOUR);
      assertFalse(ctx.isDone());
    }
  }

  @Test
  @DisplayName("R13: what was closed first does not see its deadline")
  void aClosedContextHasNoTimer() throws Exception {
    var runs = new AtomicInteger();
    try (var ctx = root.withTimeout(SHORT)) {
      ctx.onDone(runs::incrementAndGet, Runnable::run);
    }
    assertEquals(1, runs.get());
    passes(HOUR);
    assertEquals(1, runs.get());
  }

  // ---- values

  @Test
  @DisplayName("R15, R16: a value shadows, outlives the end, and is not printed")
  void valuesAreFoundAndNotPrinted() {
    Context ctx = root.withValue(USER, "ada").withName("step").withValue(USER, "bob").withCancel();
    assertEquals("bob", ctx.get(USER));
    root.cancel();
    assertEquals("bob", ctx.require(USER));
    assertFalse(ctx.toString().contains("bob"), ctx::toString);
    assertNull(ctx.get(ContextKey.named("user", String.class)));
  }

  @Test
  @DisplayName("R30: the text is the path, with the status")
  void theTextIsThePath() {
    var ctx = root.withName("step").withCancel();
    ctx.cancel();
    assertTrue(ctx.toString().endsWith("contract/step [CANCELLED]"), ctx::toString);
  }
}
