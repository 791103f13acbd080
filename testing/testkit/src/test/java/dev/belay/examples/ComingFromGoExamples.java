package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextKey;
import dev.belay.ContextRunnable;
import dev.belay.DeadlineExceededException;
import dev.belay.Registration;
import dev.belay.Status;
import dev.belay.group.TaskGroup;
import dev.belay.testkit.VirtualClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a Go program says with its context package, said here. */
class ComingFromGoExamples {
  private static final ContextKey<String> USER = ContextKey.named("user", String.class);

  static String ask(Context ctx) {
    ctx.throwIfDone();
    return "answer";
  }

  @Test
  void timeoutAndDeferCancel(Context parent) {
    assertThat(timeout(parent)).isEqualTo("answer");
  }

  static String timeout(Context parent) {
    // @start region=timeout
    try (var ctx = parent.withTimeout(Duration.ofSeconds(2))) {
      return ask(ctx);
    }
    // @end region=timeout
  }

  // @start region=cause
  @Test
  void theCauseIsTheSameObjectBelow(Context parent) {
    var diskFull = new IOException("disk full");
    try (var ctx = parent.withCancel();
        var child = ctx.withCancel()) {
      ctx.cancel(diskFull);
      assertThat(child.status()).isEqualTo(Status.CANCELLED); // Go: child.Err()
      assertThat(child.cause()).isSameAs(diskFull); // Go: context.Cause(child)
    }
  }

  // @end region=cause

  // @start region=timeout-cause
  @Test
  void aTimeoutWithACauseOfItsOwn(Context parent, VirtualClock clock) {
    try (var ctx =
        parent.withTimeout(Duration.ofSeconds(2), () -> new TimeoutException("no courier"))) {
      clock.advance(Duration.ofSeconds(2));
      assertThat(ctx.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      assertThatThrownBy(ctx::throwIfDone)
          .isInstanceOf(DeadlineExceededException.class)
          .cause()
          .hasMessage("no courier");
    }
  }

  // @end region=timeout-cause

  // @start region=after-func
  @Test
  void anActionRunsOnceOrIsStopped(Context parent) {
    var runs = new AtomicInteger();
    try (var ctx = parent.withCancel()) {
      Registration first = ctx.onDone(runs::incrementAndGet);
      assertThat(first.stop()).isTrue(); // Go: stop := context.AfterFunc(ctx, f); stop()
      try (Registration second = ctx.onDone(runs::incrementAndGet)) {
        ctx.cancel();
      } // close() waits for an action that runs, or takes it back: Go has no such thing
    }
    assertThat(runs.get()).isBetween(0, 1);
  }

  // @end region=after-func

  // @start region=select
  /** Go: {@code select { case v := <-queue: … case <-ctx.Done(): … }}. */
  static String next(Context ctx, BlockingQueue<String> queue) throws InterruptedException {
    return ctx.callInterruptibly(c -> queue.take());
  }

  /** Go: the same with the channel on which a result arrives. */
  static String result(Context ctx, Future<String> future) throws Exception {
    return ctx.await(future);
  }

  // @end region=select

  @Test
  void waitingForAValueOrTheEnd(Context parent) throws Exception {
    var queue = new LinkedBlockingQueue<>(List.of("one"));
    try (var ctx = parent.withCancel()) {
      assertThat(next(ctx, queue)).isEqualTo("one");
      var taken = new FutureTask<>(() -> next(ctx, queue));
      Thread thread = Thread.ofVirtual().start(taken);
      ctx.cancel();
      thread.join();
      assertThat(taken.exceptionNow()).isInstanceOf(ContextCancelledException.class);
      assertThatThrownBy(() -> result(ctx, new CompletableFuture<>()))
          .isInstanceOf(ContextCancelledException.class);
    }
  }

  // @start region=without-cancel
  @Test
  void workThatOutlivesItsRequest(Context parent, VirtualClock clock) {
    try (var request = parent.withValue(USER, "ada").withCancel()) {
      Context free = request.withoutCancel(); // as in Go: nothing ends it, not even a shutdown
      try (var audit = request.detach("audit", Duration.ofMinutes(1))) { // better
        request.cancel();
        assertThat(free.isDone()).isFalse();
        assertThat(audit.require(USER)).isEqualTo("ada");
        clock.advance(Duration.ofMinutes(1));
        assertThat(audit.status()).isEqualTo(Status.DEADLINE_EXCEEDED);
      }
    }
  }

  // @end region=without-cancel

  // @start region=merge
  @Test
  void oneContextOfTwo(Context parent) {
    try (var request = parent.withValue(USER, "ada").withCancel();
        var shutdown = parent.withCancel();
        var both = request.withCancelFrom(shutdown)) {
      shutdown.cancel();
      assertThat(both.isDone()).isTrue();
      assertThat(both.require(USER)).isEqualTo("ada");
    }
  }

  // @end region=merge

  // @start region=errgroup
  /** Runs all; the first failure cancels the rest and is thrown. */
  static void all(Context ctx, List<ContextRunnable<Exception>> tasks) throws Exception {
    try (var group = TaskGroup.open(ctx)) {
      for (ContextRunnable<Exception> task : tasks) {
        group.fork(
            "task",
            c -> {
              task.run(c);
              return null;
            });
      }
      group.join();
    }
  }

  // @end region=errgroup

  @Test
  void theFirstFailureCancelsTheRest(Context parent) throws Exception {
    var failure = new IOException("no courier");
    assertThatThrownBy(
            () ->
                all(
                    parent,
                    List.of(
                        ctx -> ctx.sleep(Duration.ofHours(1)),
                        ctx -> {
                          throw failure;
                        },
                        ctx -> ctx.sleep(Duration.ofHours(1)))))
        .isSameAs(failure);
    all(parent, List.of(ComingFromGoExamples::ask, ComingFromGoExamples::ask));
  }

  // @start region=shutdown
  /** Go: {@code signal.NotifyContext}. The JVM exits when its hooks have returned. */
  static Thread stopper(CancellableContext root, Thread main) {
    return new Thread(
        () -> {
          root.cancel(new IllegalStateException("the program is shutting down"));
          try {
            main.join();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  public static void main(String[] args) throws InterruptedException {
    try (var root = Context.root("jobs")) {
      Runtime.getRuntime().addShutdownHook(stopper(root, Thread.currentThread()));
      root.awaitDone(); // the program's work, under the root
    }
  }

  // @end region=shutdown

  @Test
  void theHookCancelsAndWaits(CancellableContext root) throws Exception {
    var work = new FutureTask<>(() -> next(root, new LinkedBlockingQueue<>()));
    Thread main = Thread.ofVirtual().start(work);
    Thread hook = stopper(root, main);
    hook.start();
    hook.join();
    assertThat(work.exceptionNow()).hasMessageContaining("the program is shutting down");
  }
}
