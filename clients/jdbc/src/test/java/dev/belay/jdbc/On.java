package dev.belay.jdbc;

import dev.belay.testkit.Attempt;
import java.util.concurrent.Callable;

/** The two kinds of threads that a call may come from. */
enum On {
  PLATFORM,
  VIRTUAL;

  <T> Attempt<T> start(Callable<T> body) {
    return this == PLATFORM ? Attempt.startOnPlatformThread(body) : Attempt.start(body);
  }
}
