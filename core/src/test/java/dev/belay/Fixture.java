package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.Roots;
import dev.belay.spi.TreeInspector;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** A root on a manual clock; every test ends with nothing live, no timer, and nothing bound. */
public abstract class Fixture {
  public final ManualClock clock = new ManualClock();
  public final CancellableContext root = open(clock);

  public static final Duration SECOND = Duration.ofSeconds(1);
  public static final ContextKey<String> USER = ContextKey.named("user", String.class);

  /** Below a tracked root every context is linked at birth; {@link LeafTest} has another root. */
  public CancellableContext open(ManualClock time) {
    return Roots.open("test", time, false);
  }

  @AfterEach
  public void nothingIsLeft() throws InterruptedException {
    root.close();
    clock.settle();
    assertThat(TreeInspector.live(root)).isEmpty();
    assertThat(clock.pendingTimers()).isZero();
    assertThat(clock.failures()).isEmpty();
    assertThat(Binding.innermost()).isNull();
    assertThat(Context.current()).isSameAs(Context.background());
  }

  /** One that {@code make} makes which is not of the sample of leaks, whose contexts have links. */
  public static CancelContext leaf(Supplier<CancellableContext> make) {
    var leaf = (CancelContext) make.get();
    while (leaf.link() != null) {
      leaf.close();
      leaf = (CancelContext) make.get();
    }
    return leaf;
  }

  public static Stream<ThreadFactory> threads() {
    return Stream.of(
        Thread.ofPlatform().name("platform").daemon().factory(),
        Thread.ofVirtual().name("virtual").factory());
  }

  /** A body that runs until its context's end interrupts it. */
  public static <T> T untilEnd(Context ctx) throws InterruptedException {
    new CountDownLatch(1).await();
    throw new AssertionError("not interrupted: " + ctx);
  }

  /** Waits until {@code thread} is in {@code method}: what it does there it does not park for. */
  public static void awaitIn(Thread thread, String method) {
    while (Arrays.stream(thread.getStackTrace()).noneMatch(f -> f.getMethodName().equals(method))) {
      assertThat(thread.isAlive()).as("thread ended instead of waiting").isTrue();
      assertThat(Thread.interrupted()).as("this test takes too long").isFalse();
      Thread.onSpinWait();
    }
  }

  /** Waits until {@code thread} is parked: the only state from which a wake-up can be seen. */
  public static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(Thread.interrupted()).as("this test takes too long").isFalse();
      assertThat(thread.isAlive()).as("thread ended instead of waiting").isTrue();
      Thread.onSpinWait();
    }
  }

  public static void awaitUntil(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.interrupted()).as("this test takes too long").isFalse();
      Thread.onSpinWait();
    }
  }

  public static void awaitCollected(WeakReference<?> gone) {
    awaitUntil(
        () -> {
          System.gc();
          return gone.refersTo(null);
        });
  }
}
