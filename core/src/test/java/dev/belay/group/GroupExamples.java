package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future.State;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/groups.md. */
class GroupExamples {
  private record Page(String user, Integer orders) {}

  // @start region=all
  static Page page(Context ctx, String id) throws Exception {
    try (var group = TaskGroup.open(ctx)) {
      Fork<String> user = group.fork("user", c -> user(c, id));
      Fork<Integer> orders = group.fork("orders", c -> orders(c, id));
      group.join();
      return new Page(user.get(), orders.get());
    }
  }

  // @end region=all

  private static String user(Context ctx, String id) throws IOException {
    ctx.throwIfDone();
    if (id.isEmpty()) {
      throw new IOException("no user");
    }
    return "user " + id;
  }

  private static int orders(Context ctx, String id) throws InterruptedException {
    if (id.isEmpty()) {
      ctx.awaitDone();
      ctx.throwIfDone();
    }
    return id.length();
  }

  @Test
  void allOrTheFirstFailure() throws Exception {
    try (var ctx = Context.background().withCancel()) {
      assertThat(page(ctx, "ada")).isEqualTo(new Page("user ada", 3));
      assertThatThrownBy(() -> page(ctx, "")).isInstanceOf(IOException.class).hasMessage("no user");
    }
  }

  // @start region=first
  static String anyReplica(Context ctx, List<String> replicas) throws Exception {
    try (TaskGroup<String, String, Exception> group = TaskGroup.firstSuccess(ctx)) {
      for (String replica : replicas) {
        group.fork(replica, c -> user(c, replica));
      }
      return group.join();
    }
  }

  // @end region=first

  @Test
  void theFirstSuccess() throws Exception {
    assertThat(anyReplica(Context.background(), List.of("", "b"))).isEqualTo("user b");
    assertThatThrownBy(() -> anyReplica(Context.background(), List.of("", "")))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  // @start region=deadline
  static List<String> offers(Context ctx, List<String> shops) throws InterruptedException {
    try (var budget = ctx.withTimeout(Duration.ofMillis(200));
        var group = TaskGroup.untilDeadline(budget)) {
      for (String shop : shops) {
        group.fork(shop, c -> offer(c, shop));
      }
      return group.join().stream()
          .filter(fork -> fork.state() == State.SUCCESS)
          .map(fork -> fork.name() + ": " + fork.get())
          .toList();
    }
  }

  // @end region=deadline

  private static int offer(Context ctx, String shop) throws InterruptedException {
    if (shop.equals("slow")) {
      ctx.awaitDone();
      ctx.throwIfDone();
    }
    return shop.length();
  }

  @Test
  void whatIsThereAtTheDeadline() throws Exception {
    try (var ctx = Context.background().withCancel()) {
      assertThat(offers(ctx, List.of("tea", "slow", "mate"))).isSubsetOf("tea: 3", "mate: 4");
    }
  }

  // @start region=limit
  static int refresh(Context ctx, List<String> shops) throws Exception {
    try (var group = TaskGroup.open(ctx).limit(8)) {
      int skipped = 0;
      for (String shop : shops) {
        if (group.tryFork(shop, c -> offer(c, shop)) == null) {
          skipped++; // eight are under way
        }
      }
      group.join();
      return skipped;
    }
  }

  // @end region=limit

  @Test
  void aLimit() throws Exception {
    assertThat(refresh(Context.background(), List.of("tea", "mate"))).isZero();
  }

  // @start region=map
  static List<String> users(Context ctx, List<String> ids)
      throws IOException, InterruptedException {
    return TaskGroup.map(ctx, ids, 8, (c, id) -> user(c, id));
  }

  // @end region=map

  // @start region=stream
  static void export(Context ctx, Iterable<String> ids, Consumer<String> out) {
    try (var users = TaskGroup.stream(ctx, ids, 8, (c, id) -> user(c, id))) {
      users.forEach(out);
    }
  }

  // @end region=stream

  @Test
  void manyItems() throws Exception {
    assertThat(users(Context.background(), List.of("a", "b"))).containsExactly("user a", "user b");
    var out = new ArrayList<String>();
    export(Context.background(), List.of("a", "b", "c"), out::add);
    assertThat(out).containsExactly("user a", "user b", "user c");
  }
}
