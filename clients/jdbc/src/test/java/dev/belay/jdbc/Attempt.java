package dev.belay.jdbc;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A call on a thread of its own, and what came of it. */
final class Attempt<T> {
  /** The two kinds of threads that a call may come from. */
  enum On {
    PLATFORM,
    VIRTUAL;

    <T> Attempt<T> start(Callable<T> body) {
      return new Attempt<>(
          this == PLATFORM
              ? Thread.ofPlatform().name("caller").daemon()
              : Thread.ofVirtual().name("caller"),
          body);
    }
  }

  private record Outcome<T>(T result, Throwable failure, boolean interrupted) {}

  private final CompletableFuture<Outcome<T>> outcome = new CompletableFuture<>();
  private final Thread thread;

  private Attempt(Thread.Builder threads, Callable<T> body) {
    thread =
        threads.start(
            () -> {
              T result = null;
              Throwable failure = null;
              try {
                result = body.call();
              } catch (Throwable e) {
                failure = e;
              }
              outcome.complete(
                  new Outcome<>(result, failure, Thread.currentThread().isInterrupted()));
            });
  }

  void interrupt() {
    thread.interrupt();
  }

  private Outcome<T> outcome() throws Exception {
    try {
      return outcome.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("never completed so", e);
    }
  }

  /** What the call returned; fails if it threw. */
  T result() throws Exception {
    Outcome<T> come = outcome();
    if (come.failure != null) {
      throw new AssertionError("the call failed", come.failure);
    }
    return come.result;
  }

  /** What the call threw; null if it returned. */
  Throwable failure() throws Exception {
    return outcome().failure;
  }

  /** Whether the thread's interrupt flag was set at the end. */
  boolean interruptedAfterwards() throws Exception {
    return outcome().interrupted;
  }
}
