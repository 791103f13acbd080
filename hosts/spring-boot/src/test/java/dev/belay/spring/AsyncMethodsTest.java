package dev.belay.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

/** {@code @Async} methods and limits, on an executor that runs its tasks when it is asked to. */
class AsyncMethodsTest {
  private static final Queue<Runnable> TASKS = new ConcurrentLinkedQueue<>();

  /** Counts its runs. */
  static class Rates {
    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private volatile int runs;
    private volatile Context seen = Context.background();

    @Async
    public CompletableFuture<String> read() {
      runs++;
      return CompletableFuture.completedFuture("1.08");
    }

    @Async
    @TimeLimit("1m")
    public CompletableFuture<String> ask() {
      seen = Context.current();
      answer.completeAsync(() -> "1.08", TASKS::add);
      return answer;
    }

    public Context seen() {
      return seen;
    }

    public int runs() {
      return runs;
    }
  }

  /** The application. */
  @EnableAsync
  static class Application {
    @Bean
    static ApplicationRoot root() {
      return new ApplicationRoot();
    }

    @Bean
    static TimeLimits limits() {
      return new TimeLimits();
    }

    @Bean
    static AsyncMethods asyncMethods(ObjectProvider<ApplicationRoot> root, TimeLimits limits) {
      return new AsyncMethods(() -> root.getObject().context(), limits);
    }

    @Bean
    static Rates rates() {
      return new Rates();
    }

    @Bean
    static TaskExecutor executor() {
      return task -> TASKS.add(Context.current().wrap(task));
    }
  }

  @Test
  void aFutureOfACallerThatHasEndedIsNotBegun(CancellableContext caller) throws Exception {
    try (var application = new AnnotationConfigApplicationContext(Application.class)) {
      Rates rates = application.getBean(Rates.class);
      CompletableFuture<String> active = caller.call(c -> rates.read());
      TASKS.remove().run();
      assertThat(active.get()).isEqualTo("1.08");
      CompletableFuture<String> late = caller.call(c -> rates.read());
      caller.cancel();
      TASKS.remove().run();
      assertThatThrownBy(late::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(ContextCancelledException.class);
      assertThat(rates.runs()).isEqualTo(1);
    }
  }

  @Test
  void aLimitLastsUntilTheFutureIsComplete(CancellableContext caller) throws Exception {
    try (var application = new AnnotationConfigApplicationContext(Application.class)) {
      Rates rates = application.getBean(Rates.class);
      CompletableFuture<String> asked = caller.call(c -> rates.ask());
      Thread worker = Thread.startVirtualThread(TASKS.remove()); // waits for the answer
      Runnable answer = awaitTask();
      assertThat(rates.seen().isDone()).isFalse();
      answer.run();
      worker.join();
      assertThat(asked.get()).isEqualTo("1.08");
      assertThat(rates.seen().isDone()).isTrue();
    }
  }

  private static Runnable awaitTask() {
    Runnable task = TASKS.poll();
    while (task == null) {
      Thread.onSpinWait();
      task = TASKS.poll();
    }
    return task;
  }

  /** No duration. */
  static class Unlimited {
    @TimeLimit("soon")
    void run() {}
  }

  /** No time. */
  static class Timeless {
    @TimeLimit("0s")
    void run() {}
  }

  @Test
  void aLimitThatIsNoneFailsTheStart() {
    var limits = new TimeLimits();
    assertThatThrownBy(() -> limits.postProcessAfterInitialization(new Unlimited(), "unlimited"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "@TimeLimit(\"soon\") of Unlimited.run is no duration of more than zero: write one like"
                + " 500ms, 2s, 1m");
    assertThatThrownBy(() -> limits.postProcessAfterInitialization(new Timeless(), "timeless"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
