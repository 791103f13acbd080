package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.ContextCallable;
import dev.belay.ContextCancelledException;
import dev.belay.DeadlineExceededException;
import dev.belay.Fixture;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** Attempts that start late, or when the one before has failed; the first success wins. */
class HedgeTest extends Fixture {
  private final Hedge hedge = Hedge.after(SECOND);

  /** When each attempt has begun. */
  private final List<Duration> begun = new CopyOnWriteArrayList<>();

  private FutureTask<String> start(Hedge by, ContextCallable<String, Exception> body) {
    var call =
        new FutureTask<>(
            () ->
                by.call(
                    root,
                    c -> {
                      begun.add(Duration.ofNanos(clock.nanoTime()));
                      return body.call(c);
                    }));
    Thread.startVirtualThread(call);
    return call;
  }

  private void awaitTimer() {
    while (clock.pendingTimers() == 0) {
      Thread.onSpinWait();
    }
  }

  private void awaitBegun(int count) {
    while (begun.size() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anAttemptThatCannotFinishAnyMoreIsNotStarted() throws Exception {
    Duration takes = SECOND.multipliedBy(2);
    for (int i = 0; i < 20; i++) {
      try (var request = root.withTimeout(takes.multipliedBy(2))) {
        Hedge.after(takes.multipliedBy(2)).call(request, c -> answersAfter(takes));
      }
    }
    // After a second, the second attempt has less than two left.
    try (var request = root.withTimeout(takes.plus(SECOND).minusMillis(1))) {
      var call =
          new FutureTask<>(
              () ->
                  hedge.call(
                      request,
                      c -> {
                        begun.add(Duration.ZERO);
                        c.awaitDone();
                        c.throwIfDone();
                        return "late";
                      }));
      Thread.startVirtualThread(call);
      awaitBegun(1);
      awaitTimers(2); // of the deadline, and of the second attempt
      clock.advance(SECOND);
      clock.settle();
      clock.advance(takes);
      assertThatThrownBy(call::get).hasCauseInstanceOf(DeadlineExceededException.class);
    }
    assertThat(begun).hasSize(1);
  }

  private String answersAfter(Duration time) throws InterruptedException {
    clock.advance(time);
    return "answer";
  }

  private void awaitTimers(int count) {
    while (clock.pendingTimers() < count) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anAnswerInTimeIsTheOnlyAttempt() throws Exception {
    FutureTask<String> call =
        start(
            hedge,
            c -> {
              awaitTimer(); // the second attempt waits by now
              return "answer";
            });
    assertThat(call.get()).isEqualTo("answer");
    assertThat(begun).containsExactly(Duration.ZERO);
  }

  @Test
  void theSecondAttemptStartsAfterTheDelayAndTheFirstIsCancelledWhenItWins() throws Exception {
    var loser = new CountDownLatch(1);
    FutureTask<String> call =
        start(
            hedge,
            c -> {
              if (c.toString().contains("attempt 1")) {
                try {
                  c.awaitDone();
                } finally {
                  loser.countDown();
                }
                c.throwIfDone();
              }
              return "second";
            });
    awaitBegun(1);
    awaitTimer();
    clock.advance(SECOND);
    assertThat(call.get()).isEqualTo("second");
    assertThat(loser.getCount()).as("the loser is waited for").isZero();
    assertThat(begun).containsExactly(Duration.ZERO, SECOND);
  }

  @Test
  void oneAttemptIsEnough() throws Exception {
    assertThat(start(hedge.attempts(1), c -> "answer").get()).isEqualTo("answer");
  }

  @Test
  void aFailureStartsTheNextAttemptAtOnce() throws Exception {
    FutureTask<String> call =
        start(
            hedge,
            c -> {
              if (c.toString().contains("attempt 1")) {
                throw new IOException("refused");
              }
              return "second";
            });
    assertThat(call.get()).isEqualTo("second");
    assertThat(begun).containsExactly(Duration.ZERO, Duration.ZERO);
  }

  @Test
  void ifAllFailTheFirstFailureCarriesTheOthers() {
    FutureTask<String> call =
        start(
            hedge.attempts(3),
            c -> {
              throw new IOException(c.toString().replaceAll(".*(attempt .).*", "$1"));
            });
    assertThatThrownBy(call::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessage("attempt 1")
        .satisfies(
            e ->
                assertThat(e.getSuppressed())
                    .extracting(Throwable::getMessage)
                    .containsExactly("attempt 2", "attempt 3"));
  }

  @Test
  void eachAttemptStartsADelayAfterTheOneBefore() throws Exception {
    FutureTask<String> call =
        start(
            hedge.attempts(3),
            c -> {
              if (!c.toString().contains("attempt 3")) {
                c.awaitDone();
                c.throwIfDone();
              }
              return "third";
            });
    for (int i = 1; i < 3; i++) {
      awaitBegun(i);
      awaitTimer();
      clock.advance(SECOND);
    }
    assertThat(call.get()).isEqualTo("third");
    assertThat(begun).containsExactly(Duration.ZERO, SECOND, SECOND.multipliedBy(2));
  }

  @Test
  void theEndOfTheContextEndsAllAttempts() {
    FutureTask<String> call =
        start(
            hedge,
            c -> {
              c.awaitDone();
              c.throwIfDone();
              return "never";
            });
    awaitBegun(1);
    root.cancel(new IOException("gone"));
    assertThatThrownBy(call::get)
        .cause()
        .isInstanceOf(ContextCancelledException.class)
        .hasMessageContaining("gone");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(() -> Hedge.after(Duration.ofNanos(-1))).hasMessageContaining("the past");
    assertThatThrownBy(() -> hedge.attempts(0)).hasMessageContaining("nothing would ever start");
    assertThatThrownBy(() -> hedge.call(root, null)).hasMessageContaining("body");
    assertThatThrownBy(() -> Hedge.after(null)).hasMessageContaining("delay");
  }
}
