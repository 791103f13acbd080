package dev.belay.http.client;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A call on a thread of its own, and what it threw. */
final class Trial {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Thread thread;
  private volatile @Nullable Throwable failure;

  private Trial(Thread.Builder builder, Callable<?> body) {
    thread =
        builder.start(
            () -> {
              try {
                body.call();
              } catch (Throwable t) {
                failure = t;
              }
            });
  }

  static Trial start(Callable<?> body) {
    return new Trial(Thread.ofVirtual(), body);
  }

  static Trial startOnPlatformThread(Callable<?> body) {
    return new Trial(Thread.ofPlatform(), body);
  }

  void interrupt() {
    thread.interrupt();
  }

  /** What the call threw, null if nothing; fails if it goes on for 20 seconds. */
  @Nullable Throwable outcome() throws InterruptedException {
    if (!thread.join(PATIENCE)) {
      fail("stuck in %s", List.of(thread.getStackTrace()));
    }
    return failure;
  }

  /** What the call threw, which must be of this type. */
  <X extends Throwable> X thrown(Class<X> type) throws InterruptedException {
    Throwable thrown = outcome();
    if (!type.isInstance(thrown)) {
      throw new AssertionError("not a " + type.getSimpleName(), thrown);
    }
    return type.cast(thrown);
  }
}
