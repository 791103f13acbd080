package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.jetty.ServerUnderTest.Incoming;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** One request's stay in its handler, seen and steered by a test. */
final class Visit {
  /** Long enough for a busy machine; a test that passes does not wait for it. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  /** How long a test looks for what must not happen. */
  static final Duration A_WHILE = Duration.ofMillis(300);

  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Thread> entered = new CompletableFuture<>();
  private final CompletableFuture<Throwable> gone = new CompletableFuture<>();
  private final AtomicInteger tellings = new AtomicInteger();
  private final CountDownLatch leave = new CountDownLatch(1);
  private final CompletableFuture<Void> left = new CompletableFuture<>();

  // ---- the handler's side

  void begin(Incoming request) {
    begun.set(true);
    request.watch(
        why -> {
          tellings.incrementAndGet();
          gone.complete(why);
        });
  }

  void enter() {
    entered.complete(Thread.currentThread());
  }

  void block() throws InterruptedException {
    if (!leave.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("the test has forgotten this request");
    }
  }

  void leave() {
    left.complete(null);
  }

  // ---- the test's side

  /** Waits until the handler blocks; the answer is its thread. */
  Thread awaitEntered() {
    assertThat(entered).as("handler entered").succeedsWithin(PATIENCE);
    return entered.join();
  }

  void awaitGone() {
    assertThat(gone).as("told that the client is gone").succeedsWithin(PATIENCE);
    assertThat(tellings).as("told once").hasValue(1);
  }

  /** Looks for a while whether the handler is told what is not so. */
  void assertStays() throws InterruptedException {
    assertStaysFor(A_WHILE);
  }

  void assertStaysFor(Duration time) throws InterruptedException {
    var never = new CountDownLatch(1);
    CompletableFuture<Void> unused = gone.thenRun(never::countDown);
    boolean told = never.await(time.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(told).as(() -> "told without cause: " + gone).isFalse();
  }

  /** Lets the handler answer. */
  void release() {
    leave.countDown();
  }

  void awaitLeft() {
    assertThat(left).as("handler left").succeedsWithin(PATIENCE);
  }

  /** Waits until no handler runs any more; none may ever have come. */
  void awaitEnd() {
    if (begun.get()) {
      awaitLeft();
    }
  }
}
