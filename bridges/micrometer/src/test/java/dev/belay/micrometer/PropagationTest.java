package dev.belay.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.group.TaskGroup;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The current context on Micrometer's threads, and Micrometer's thread-locals on ours. */
class PropagationTest {
  private static final ContextKey<String> ID = ContextKey.named("id", String.class);
  private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

  @AfterEach
  void clear() {
    TENANT.remove();
    ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
  }

  @Test
  void aSnapshotHasTheCurrentContext(Context root) throws Exception {
    ContextSnapshot snapshot =
        root.withValue(ID, "r1").call(c -> ContextSnapshotFactory.builder().build().captureAll());
    var seen = new AtomicReference<String>();
    var afterwards = new AtomicReference<Context>();
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  snapshot.wrap(() -> seen.set(Context.current().get(ID))).run();
                  afterwards.set(Context.current());
                });
    thread.join();
    assertThat(seen).hasValue("r1");
    assertThat(afterwards).hasValue(Context.background());
  }

  @Test
  void withoutAContextNothingIsCaptured() {
    assertThat(new CurrentContext().getValue()).isNull();
  }

  @Test
  void theThreadsOfBelayHaveWhatMicrometerCaptures(Context root) throws Exception {
    ContextRegistry.getInstance().registerThreadLocalAccessor("tenant", TENANT);
    SnapshotCarrier.install();
    SnapshotCarrier.install();
    TENANT.set("acme");
    var reacted = new CompletableFuture<String>();
    try (var ctx = root.withValue(ID, "r1").withCancel();
        TaskGroup<String, List<String>, Exception> group = TaskGroup.open(ctx)) {
      ctx.onDone(() -> reacted.complete(TENANT.get() + Context.current().get(ID)));
      group.fork("charge", c -> TENANT.get() + " " + Context.current().get(ID));
      assertThat(group.join()).containsExactly("acme r1");
    }
    assertThat(reacted.get()).isEqualTo("acmenull");
  }
}
