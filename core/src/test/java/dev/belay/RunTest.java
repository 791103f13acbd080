package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.spi.Ambient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R20, R23, R25: running code under a context. */
class RunTest extends Fixture {
  @Test
  @DisplayName("R20: call binds the context and restores what was bound")
  void callBinds() {
    Context outer = root.withValue(USER, "ada");
    Context inner = root.withValue(USER, "bob");
    outer.run(
        ctx -> {
          assertThat(ctx).isSameAs(outer);
          assertThat(Context.current().get(USER)).isEqualTo("ada");
          inner.run(c -> assertThat(Context.current().get(USER)).isEqualTo("bob"));
          assertThat(Context.current().get(USER)).isEqualTo("ada");
        });
    assertThat(Context.current().get(USER)).isNull();
  }

  @Test
  @DisplayName("R20: call binds only: the end of the context touches neither thread nor result")
  void callOnlyBinds() {
    var ctx = root.withCancel();
    String result =
        ctx.call(
            c -> {
              ctx.cancel();
              assertNothingIsSent();
              return "computed";
            });
    assertThat(result).isEqualTo("computed");
  }

  /** The end has started nobody who could send something, and has sent nothing itself. */
  private void assertNothingIsSent() {
    assertThat(clock.startedThreads()).isZero();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  @DisplayName("R20: a body is not started under an ended context")
  void aBodyIsNotStartedUnderAnEndedContext() {
    var ctx = root.withCancel();
    ctx.cancel();
    var ran = new AtomicBoolean();
    ContextRunnable<RuntimeException> body = c -> ran.set(true);
    assertThatThrownBy(() -> ctx.run(body)).isInstanceOf(ContextCancelledException.class);
    assertThatThrownBy(() -> ctx.runInterruptibly(body))
        .isInstanceOf(ContextCancelledException.class);
    assertThatThrownBy(() -> ctx.run(attempt -> {}, body))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(ran).isFalse();
    ctx.runShielded(SECOND, body);
    assertThat(ran).isTrue();
  }

  @Test
  @DisplayName("R23: a failure that our signal explains becomes ContextEndedException")
  void anExplainedFailureIsTheEnd() {
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    var failure = new IOException("socket closed");
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> sent.countDown(),
                    c -> {
                      ctx.cancel();
                      sent.await();
                      throw failure;
                    }))
        .isInstanceOf(ContextCancelledException.class)
        .hasCause(failure);
  }

  @Test
  @DisplayName("R23: a failure without our signal, or unexplained, is thrown as it is")
  void anyOtherFailureIsThrownAsItIs() {
    var own = new IOException("own");
    assertThatThrownBy(
            () ->
                root.run(
                    attempt -> {},
                    c -> {
                      throw own;
                    }))
        .isSameAs(own);
    var ctx = root.withCancel();
    var sent = new CountDownLatch(1);
    var bug = new IllegalStateException("bug");
    assertThatThrownBy(
            () ->
                ctx.run(
                    attempt -> sent.countDown(),
                    c -> {
                      ctx.cancel();
                      sent.await();
                      throw bug;
                    }))
        .isSameAs(bug);
  }

  @Test
  @DisplayName("R25: wrap binds; a wrapped task runs although its context has ended")
  void wrapBindsAndRuns() throws Exception {
    var ctx = root.withValue(USER, "ada").withCancel();
    ctx.cancel();
    var seen = new CompletableFuture<String>();
    Runnable task = () -> seen.complete(Context.current().get(USER));
    Thread.ofPlatform().start(ctx.wrap(task)).join();
    assertThat(seen.get()).isEqualTo("ada");
    assertThat(ctx.wrap(() -> Context.current().isDone()).call()).isTrue();
  }

  @Test
  @DisplayName("R25: wrap never interrupts, also when the context ends while the task runs")
  void wrapNeverInterrupts() throws Exception {
    var first = root.withCancel();
    first
        .wrap(
            () -> {
              first.cancel();
              assertThat(Context.current().isDone()).isTrue();
              assertNothingIsSent();
            })
        .run();
    var second = root.withCancel();
    Callable<String> task =
        () -> {
          second.cancel();
          assertThat(Context.current().isDone()).isTrue();
          assertNothingIsSent();
          return "computed";
        };
    assertThat(second.wrap(task).call()).isEqualTo("computed");
  }

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R25: a new thread starts with background()")
  void aNewThreadStartsWithBackground(ThreadFactory threads) throws Exception {
    var seen = new CompletableFuture<Context>();
    root.run(
        ctx -> {
          Thread thread = threads.newThread(() -> seen.complete(Context.current()));
          thread.start();
          thread.join();
        });
    assertThat(seen.get()).isSameAs(Context.background());
  }

  @Test
  @DisplayName("a bridge binds by two calls, and a wrong token is refused")
  void aBridgeBindsByTwoCalls() {
    Context ctx = root.withValue(USER, "ada");
    Object token = Ambient.bind(ctx);
    assertThat(Context.current().get(USER)).isEqualTo("ada");
    Ambient.restore(token);
    assertThat(Context.current()).isSameAs(Context.background());
    assertThatThrownBy(() -> Ambient.restore("x")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("R20, R25: what was bound before is bound again, whatever bound in between")
  void whatWasBoundIsBoundAgain() throws Exception {
    Context outer = root.withValue(USER, "ada");
    Context inner = root.withValue(USER, "bob");
    var seen = new ArrayList<String>();
    Runnable task = () -> seen.add(Context.current().get(USER));
    Callable<Boolean> call = () -> seen.add(Context.current().get(USER));
    outer.call(
        ctx -> {
          inner.wrap(task).run();
          task.run();
          assertThat(inner.wrap(call).call()).isTrue();
          task.run();
          Object token = Ambient.bind(inner);
          Object nested = Ambient.bind(Context.background());
          Ambient.restore(nested);
          task.run();
          Ambient.restore(token);
          task.run();
          return null;
        });
    assertThat(seen).containsExactly("bob", "ada", "bob", "ada", "bob", "ada");
  }

  @Test
  @DisplayName("an active context has no end to throw")
  void anActiveContextHasNoEnd() {
    root.throwIfDone();
    assertThatThrownBy(() -> ((AbstractContext) root).endedWith(null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("still active: background/test");
  }
}
