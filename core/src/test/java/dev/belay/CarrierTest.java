package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.group.TaskGroup;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.HelperThread;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a thread of ours has of its caller (R38, R39): each place where one is started. */
class CarrierTest extends Fixture {
  private static final ThreadLocal<String> CARRIED = new ThreadLocal<>();
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  private final ContextCarrier carrier =
      () -> {
        String captured = CARRIED.get();
        return () -> {
          String before = CARRIED.get();
          CARRIED.set(captured);
          return () -> CARRIED.set(before);
        };
      };

  @BeforeEach
  void install() {
    ContextCarriers.install(carrier);
    CARRIED.set("alice");
    INHERITABLE.set("alice");
  }

  @AfterEach
  void remove() {
    ContextCarriers.remove(carrier);
    CARRIED.remove();
    INHERITABLE.remove();
  }

  private static String seen() {
    return CARRIED.get() + " " + INHERITABLE.get();
  }

  @Test
  @DisplayName("R38, R39: a fork has what was carried, and inherits nothing else")
  void aFork() throws Exception {
    try (var group = TaskGroup.<String>open(root)) {
      group.fork("a", c -> seen());
      assertThat(group.join()).containsExactly("alice null");
    }
  }

  @Test
  @DisplayName("R38, R39: a reaction has what the thread had that registered it")
  void aReaction() throws Exception {
    var ctx = root.withCancel();
    var seen = new CompletableFuture<String>();
    ctx.onDone(() -> seen.complete(seen()));
    Thread.ofPlatform().start(ctx::cancel).join();
    assertThat(seen.get()).isEqualTo("alice null");
  }

  @Test
  @DisplayName("R38: a wrapped task has what was there when it was wrapped, and gives it back")
  void aWrappedTask() throws Exception {
    Callable<String> wrapped = root.wrap(CarrierTest::seen);
    CARRIED.set("bob");
    assertThat(wrapped.call()).isEqualTo("alice alice");
    assertThat(CARRIED.get()).isEqualTo("bob");
    Runnable failing =
        root.wrap(
            (Runnable)
                () -> {
                  throw new IllegalStateException(CARRIED.get());
                });
    CARRIED.set("carol");
    assertThatThrownBy(failing::run).hasMessage("bob");
    assertThat(CARRIED.get()).isEqualTo("carol");
  }

  @Test
  @DisplayName("R38, R39: a helper has what was carried, and Belay's class loader")
  void aHelper() throws Exception {
    var seen = new CompletableFuture<String>();
    HelperThread.start("test", () -> seen.complete(seen())).join();
    assertThat(seen.get()).isEqualTo("alice null");
    var loader = new CompletableFuture<ClassLoader>();
    HelperThread.startPlatform(
            "test", () -> loader.complete(Thread.currentThread().getContextClassLoader()))
        .join();
    assertThat(loader.get()).isSameAs(Context.class.getClassLoader());
  }

  @Test
  @DisplayName("R38, R39: a canceller has what the thread had that made the call")
  void aCanceller() throws Exception {
    var ctx = root.withCancel();
    var seen = new CompletableFuture<String>();
    ctx.run(
        attempt -> seen.complete(seen()),
        c -> {
          Thread.ofPlatform().start(ctx::cancel).join();
          seen.join();
        });
    assertThat(seen.get()).isEqualTo("alice null");
  }

  @Test
  @DisplayName("R38, R39: what abandons a resource has what the thread had that made the call")
  void anAbandonedResource() throws Exception {
    var ctx = root.withCancel();
    var seen = new CompletableFuture<String>();
    ctx.run(
        new Canceller() {
          @Override
          public void cancel(int attempt) {}

          @Override
          public Duration patience() {
            return Duration.ofMillis(1);
          }

          @Override
          public void abandoned() {
            seen.complete(seen());
          }
        },
        c -> {
          Thread.ofPlatform().start(ctx::cancel).join();
          awaitUntil(() -> clock.pendingTimers() > 0); // the patience has begun
          Thread.ofPlatform()
              .inheritInheritableThreadLocals(false)
              .start(() -> clock.advanceAndForget(Duration.ofMillis(1)))
              .join();
          seen.join();
        });
    assertThat(seen.get()).isEqualTo("alice null");
  }

  @Test
  @DisplayName("R40: a carrier that throws harms no task")
  void aFaultyCarrierHarmsNoTask() throws Exception {
    ContextCarrier faulty =
        () -> {
          throw new IllegalStateException("faulty");
        };
    ContextCarriers.install(faulty);
    try {
      assertThat(root.wrap(CarrierTest::seen).call()).isEqualTo("alice alice");
    } finally {
      ContextCarriers.remove(faulty);
    }
  }
}
