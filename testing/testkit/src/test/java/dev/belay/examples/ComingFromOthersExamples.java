package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.testkit.VirtualClock;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What is done with io.grpc.Context, CompletableFuture and interrupts, done here. */
class ComingFromOthersExamples {
  private static final ContextKey<String> USER = ContextKey.named("user", String.class);

  // ---- io.grpc.Context

  // @start region=bind
  /** gRPC: {@code Context.current().withValue(USER, user).call(…)}. */
  static String greet(Context ctx, String user) {
    return ctx.withValue(USER, user).call(c -> "hello " + deepInside());
  }

  /** Code that has no parameter for it, because a framework stands between. */
  static String deepInside() {
    return Context.current().require(USER);
  }

  // @end region=bind

  @Test
  void aBoundContextIsCurrentWhileItsBodyRuns(Context ctx) {
    assertThat(greet(ctx, "ada")).isEqualTo("hello ada");
    assertThat(Context.current()).isSameAs(Context.background());
  }

  // @start region=wrap
  /** gRPC: {@code Context.currentContextExecutor(executor)}. Here each task is wrapped, by name. */
  static void later(Context ctx, Executor executor, Runnable task) {
    executor.execute(ctx.wrap(task));
  }

  // @end region=wrap

  @Test
  void aWrappedTaskRunsUnderItsContext(Context ctx) {
    var seen = new AtomicReference<String>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      later(ctx.withValue(USER, "ada"), executor, () -> seen.set(deepInside()));
    }
    assertThat(seen).hasValue("ada");
  }

  // @start region=fork
  /** gRPC: {@code Context.current().fork()}, which has no limit and which no shutdown reaches. */
  static void audit(Context ctx, CompletableFuture<String> written) {
    var audit = ctx.detach("audit", Duration.ofSeconds(30));
    Thread.ofVirtual()
        .start(
            () -> {
              try (audit) {
                audit.run(c -> written.complete("written for " + c.require(USER)));
              }
            });
  }

  // @end region=fork

  @Test
  void aForkOutlivesItsRequest(Context ctx) throws Exception {
    var written = new CompletableFuture<String>();
    try (var request = ctx.withValue(USER, "ada").withCancel()) {
      audit(request, written);
      request.cancel();
    }
    assertThat(ctx.await(written)).isEqualTo("written for ada");
  }

  // ---- CompletableFuture

  // @start region=future-wrong
  /** After the cancel nothing waits for it, but the work goes on. */
  static void giveUp(CompletableFuture<String> work) {
    work.cancel(true); // orTimeout() and completeOnTimeout() stop no more than this does
  }

  // @end region=future-wrong

  @Test
  void cancellingAFutureStopsNothing() throws Exception {
    var running = new CountDownLatch(1);
    var mayEnd = new CountDownLatch(1);
    var ended = new CompletableFuture<String>();
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      var work =
          CompletableFuture.supplyAsync(
              () -> {
                running.countDown();
                try {
                  mayEnd.await();
                  ended.complete("to its end");
                } catch (InterruptedException e) {
                  ended.complete("interrupted");
                }
                return "unused";
              },
              executor);
      running.await();
      giveUp(work);
      assertThat(work).isCancelled();
      mayEnd.countDown();
      assertThat(ended.get()).isEqualTo("to its end");
    }
  }

  // @start region=future-right
  /** The work gets the context too, and ends by it. */
  static CompletableFuture<String> start(Context ctx, Executor executor) {
    return CompletableFuture.supplyAsync(() -> ctx.call(c -> print(c)), executor);
  }

  /** Instead of {@code get(2, SECONDS)} or {@code orTimeout(2, SECONDS)}. */
  static String waitFor(Context ctx, CompletableFuture<String> work) throws Exception {
    return ctx.await(work);
  }

  // @end region=future-right

  static String print(Context ctx) {
    try {
      ctx.sleep(Duration.ofHours(1));
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts it", e);
    }
    return "printed";
  }

  @Test
  void waitingAndWorkEndWithTheContext(Context ctx, VirtualClock clock) throws Exception {
    try (var executor = Executors.newVirtualThreadPerTaskExecutor();
        var request = ctx.withCancel()) {
      CompletableFuture<String> work = start(request, executor);
      request.cancel();
      assertThatThrownBy(() -> waitFor(request, work))
          .isInstanceOf(ContextCancelledException.class);
    } // the executor waits for the work, which has ended
  }

  // ---- interrupts

  // @start region=interrupt
  /** Instead of handing out the thread to be interrupted. */
  static String take(Context ctx, BlockingQueue<String> queue) throws InterruptedException {
    return ctx.callInterruptibly(c -> queue.take());
  }

  // @end region=interrupt

  @Test
  void theEndInterruptsWhatAskedForItAndNothingElse(Context ctx) throws Exception {
    var flagAfterwards = new FutureTask<>(() -> flagAfterEnd(ctx));
    Thread.ofVirtual().start(flagAfterwards).join();
    assertThat(flagAfterwards.get()).as("an interrupt of ours is left").isFalse();
  }

  private static boolean flagAfterEnd(Context ctx) {
    try (var request = ctx.withCancel()) {
      Thread canceller = Thread.ofVirtual().start(request::cancel);
      assertThatThrownBy(() -> take(request, new LinkedBlockingQueue<>()))
          .isInstanceOf(ContextCancelledException.class);
      return Thread.currentThread().isInterrupted() || canceller.isInterrupted();
    }
  }
}
