package dev.belay.contracts.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.belay.Context;
import dev.belay.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** One request's stay in its handler, seen and steered by a test. */
final class Visit {
  /** Long enough for a busy machine; a test that passes does not wait for it. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** How long a test looks for what must not happen. */
  static final Duration A_WHILE = Duration.ofMillis(200);

  private final CompletableFuture<Context> begun = new CompletableFuture<>();
  private final CompletableFuture<Thread> entered = new CompletableFuture<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
  private final CompletableFuture<Boolean> left = new CompletableFuture<>();
  private final CountDownLatch leave = new CountDownLatch(1);
  private final AtomicLong progress = new AtomicLong();

  // ---- the handler's side

  void begin(Context ctx) {
    ctx.onDone(() -> ended.complete(ctx.status()));
    begun.complete(ctx);
  }

  void enter() {
    entered.complete(Thread.currentThread());
  }

  void block() throws InterruptedException {
    try {
      if (!leave.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("the test has forgotten this request");
      }
      interrupted.complete(false);
    } catch (InterruptedException e) {
      interrupted.complete(true);
      throw e;
    }
  }

  void proceed() {
    progress.incrementAndGet();
  }

  void leave() {
    left.complete(true);
  }

  // ---- the test's side

  /** Whether a handler has begun by now. */
  boolean hasBegun() {
    return begun.isDone();
  }

  /** Waits until the handler has begun; the answer is the request's context. */
  Context context() throws InterruptedException {
    return await("handler begun", begun);
  }

  /** Waits until the handler blocks; the answer is its thread. */
  Thread awaitEntered() throws InterruptedException {
    return await("handler entered", entered);
  }

  /** Waits until the handler blocks in writing: it gets no further. */
  void awaitStuck() throws InterruptedException {
    long before = 0;
    for (int looks = 0; looks < 100; looks++) {
      pause(A_WHILE);
      long now = progress.get();
      if (now > 0 && now == before) {
        return;
      }
      before = now;
    }
    fail("the handler never comes to a stop in writing");
  }

  /** Waits until the context has ended because the client is gone. */
  void awaitGone() throws InterruptedException {
    awaitEnded(Status.CANCELLED);
  }

  void awaitEnded(Status how) throws InterruptedException {
    assertEquals(how, await("context ended", ended), "how the context has ended");
  }

  boolean awaitInterrupted() throws InterruptedException {
    return await("handler blocks no more", interrupted);
  }

  /** Looks for a while whether the context ends without cause. */
  void assertStays() throws InterruptedException {
    assertStaysFor(A_WHILE);
  }

  void assertStaysFor(Duration time) throws InterruptedException {
    var never = new CountDownLatch(1);
    CompletableFuture<Void> unused = ended.thenRun(never::countDown);
    if (never.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      assertEquals(Status.CLOSED, ended.join(), "ended without cause");
    }
  }

  /** Lets the handler answer. */
  void release() {
    leave.countDown();
  }

  void awaitLeft() throws InterruptedException {
    await("handler left", left);
  }

  private static void pause(Duration time) throws InterruptedException {
    var never = new CountDownLatch(1);
    if (never.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError("never");
    }
  }

  private static <T> T await(String what, Future<T> future) throws InterruptedException {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return fail("not " + what);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }
}
