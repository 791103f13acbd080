package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.group.TaskGroup;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.HelperThread;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every thread that works for a span's thread is in that span, for whatever makes spans there. */
class SpanCarrierTest {
  @AutoClose private final Recording recording = new Recording();
  private final Tracing tracing = recording.tracing();

  @BeforeEach
  void install() {
    SpanCarrier.install();
    SpanCarrier.install();
  }

  private interface Body {
    void run(Context ctx) throws Exception;
  }

  /** Runs {@code body} in a span; each of {@code places} then has a span below it. */
  private void assertNested(Context root, Body body, String... places) throws Exception {
    tracing.<Exception>run(root, "outer", body::run);
    List<String> below = List.of(places).stream().map(each -> "outer > " + each).sorted().toList();
    assertThat(recording.tree().subList(1, recording.tree().size())).isEqualTo(below);
    assertThat(recording.tree().getFirst()).isEqualTo("- > outer");
  }

  @Test
  void aFork(Context root) throws Exception {
    assertNested(
        root,
        ctx -> {
          try (TaskGroup<Void, List<Void>, Exception> group = TaskGroup.open(ctx)) {
            group.fork("a", c -> made("a"));
            group.fork("b", c -> made("b"));
            group.join();
          }
        },
        "a",
        "b");
  }

  private Void made(String name) {
    recording.plainSpan(name);
    return null;
  }

  @Test
  void itemsOfAMap(Context root) throws Exception {
    assertNested(
        root, ctx -> TaskGroup.map(ctx, List.of("x", "y"), 2, (c, i) -> made(i)), "x", "y");
  }

  @Test
  void aReaction(Context root) throws Exception {
    assertNested(
        root,
        outer -> {
          var done = new CompletableFuture<Void>();
          CancellableContext ctx = outer.withCancel();
          ctx.onDone(() -> done.complete(made("reaction")));
          Thread.ofPlatform().start(ctx::cancel).join();
          done.join();
        },
        "reaction");
  }

  @Test
  void aCancellerAndWhatItCancels(Context root) throws Exception {
    assertNested(
        root,
        outer -> {
          var done = new CompletableFuture<Void>();
          CancellableContext ctx = outer.withCancel();
          ctx.run(
              attempt -> {
                if (attempt == 0) {
                  done.complete(made("canceller"));
                }
              },
              c -> {
                made("cancelled");
                Thread.ofPlatform().start(ctx::cancel).join();
                done.join();
              });
        },
        "canceller",
        "cancelled");
  }

  @Test
  void aHelperThread(Context root) throws Exception {
    assertNested(
        root,
        ctx -> {
          HelperThread.start("test", () -> made("virtual")).join();
          HelperThread.startPlatform("test", () -> made("platform")).join();
        },
        "virtual",
        "platform");
  }

  @Test
  void whatWasWrappedOnAnyThread(Context root) throws Exception {
    assertNested(
        root,
        ctx -> {
          try (ExecutorService pool = Executors.newFixedThreadPool(1);
              ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
            pool.submit(ctx.wrap((Runnable) () -> made("pool"))).get();
            virtual.submit(ctx.wrap((Runnable) () -> made("virtual"))).get();
            Thread.startVirtualThread(ctx.wrap((Runnable) () -> made("thread"))).join();
            pool.submit(() -> assertThat(Span.current().getSpanContext().isValid()).isFalse())
                .get();
          }
        },
        "pool",
        "virtual",
        "thread");
  }

  @Test
  void whatRunsOnTheSameThread(Context root) throws Exception {
    assertNested(
        root,
        ctx -> {
          ctx.call(c -> made("call"));
          ctx.callInterruptibly(c -> made("interruptibly"));
          ctx.callShielded(Duration.ofMinutes(1), c -> made("shielded"));
        },
        "call",
        "interruptibly",
        "shielded");
  }

  @Test
  void aForkOutsideOfAllSpansIsInNone(Context root) throws Exception {
    try (TaskGroup<Void, List<Void>, Exception> group = TaskGroup.open(root)) {
      group.fork("a", c -> made("a"));
      group.join();
    }
    assertThat(recording.tree()).containsExactly("- > a");
    assertThat(ContextCarriers.isInstalled()).isTrue();
  }
}
