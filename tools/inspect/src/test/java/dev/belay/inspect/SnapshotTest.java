package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What a snapshot shows of contexts and threads, as objects, as a text and as JSON. */
class SnapshotTest {
  private static final ContextKey<String> REQUEST =
      ContextKey.named("request", String.class).loggable(id -> id);
  private static final ContextKey<String> TOKEN = ContextKey.named("hidden key", String.class);

  private static List<SeenContext> below(String root, Snapshot snapshot) {
    return snapshot.contexts().stream()
        .filter(each -> each.path().equals(root) || each.path().startsWith(root + "/"))
        .toList();
  }

  @Test
  void itShowsTheTreeFromItsRoots() {
    try (var shop = Context.root("shop");
        var order = shop.withName("POST /orders").withTimeout(Duration.ofHours(2));
        var charge = order.withName("charge").withCancel()) {
      List<SeenContext> seen = below("shop", Snapshot.take());
      assertThat(charge.isDone()).isFalse();
      assertThat(seen)
          .extracting(SeenContext::path)
          .containsExactly("shop", "shop/POST /orders", "shop/POST /orders/charge");
      assertThat(seen).extracting(SeenContext::depth).containsExactly(0, 1, 2);
      assertThat(seen.get(1).parent()).isEqualTo(seen.get(0).id());
      assertThat(seen.get(1).ownLimit()).hasHours(2);
      assertThat(seen.get(2).ownLimit()).isNull();
      assertThat(seen.get(2).leftNanos())
          .isBetween(Duration.ofHours(1).toNanos(), Duration.ofHours(2).toNanos());
    }
  }

  @Test
  void aValueAppearsOnlyWhenItsKeyIsLoggable() {
    try (var shop = Context.root("shown");
        var order =
            shop.withValue(REQUEST, "r-17")
                .withValue(TOKEN, "k7-canary")
                .withName("order")
                .withCancel()) {
      Snapshot snapshot = Snapshot.take();
      assertThat(order.isDone()).isFalse();
      assertThat(snapshot.tree(10_000)).contains("order").contains("{request=r-17}");
      for (String text :
          List.of(snapshot.tree(10_000), snapshot.json(), Waits.of(snapshot).json())) {
        assertThat(text).doesNotContain("k7-canary").doesNotContain("hidden key");
      }
    }
  }

  @Test
  void aThreadIsShownWithWhatItWaitsIn() throws Exception {
    var inside = new CountDownLatch(1);
    var leave = new CountDownLatch(1);
    try (var shop = Context.root("waiting");
        var order = shop.withName("order").withTimeout(Duration.ofHours(1))) {
      Thread query = Thread.ofVirtual().name("query").start(() -> query(order, inside, leave));
      inside.await();
      Snapshot snapshot = Snapshot.take();
      SeenThread seen =
          snapshot.threads().stream()
              .filter(each -> each.id() == query.threadId())
              .findFirst()
              .orElseThrow();
      assertThat(seen.path()).isEqualTo("waiting/order");
      assertThat(seen.waitsIn()).isEqualTo("a statement: select ? from stock");
      assertThat(seen.ended()).isNull();
      assertThat(seen.virtual()).isTrue();
      assertThat(snapshot.tree(10_000)).contains("- query in a statement: select ? from stock");
      assertThat(Waits.of(snapshot).toString())
          .contains("1 in a statement: select ? from stock")
          .contains("query for waiting/order");
      leave.countDown();
      query.join();
    }
  }

  private static void query(Context ctx, CountDownLatch inside, CountDownLatch leave) {
    try {
      ctx.call(
          new Statement(),
          c -> {
            inside.countDown();
            leave.await();
            return null;
          });
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static final class Statement implements Canceller {
    @Override
    public void cancel(int attempt) {}

    @Override
    public String resource() {
      return "a statement";
    }

    @Override
    public String subject() {
      return "select ? from stock";
    }
  }

  @Test
  void aTreeIsCutAtSoManyLinesAndSaysSo() {
    try (var shop = Context.root("wide")) {
      List<Context> kept = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        kept.add(shop.withName("child " + i).withCancel());
      }
      String text = Snapshot.take().tree(10);
      assertThat(text.lines()).hasSize(12);
      assertThat(text.lines().skip(10).findFirst().orElseThrow()).matches("… \\d+ more lines");
      assertThat(kept).noneMatch(Context::isDone);
    }
  }
}
