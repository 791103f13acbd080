package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future.State;
import java.util.concurrent.atomic.AtomicInteger;
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
    try (var group = TaskGroup.<String>firstSuccess(ctx)) {
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

  // @start region=quorum
  /** The answers of two replicas, whichever are first. */
  static List<String> twoReplicas(Context ctx, List<String> replicas) throws Exception {
    try (var group = TaskGroup.<String>firstSuccesses(ctx, 2)) {
      replicas.forEach(replica -> group.fork(replica, c -> user(c, replica)));
      return group.join();
    }
  }

  // @end region=quorum

  @Test
  void theFirstTwoSuccesses() throws Exception {
    assertThat(twoReplicas(Context.background(), List.of("a", "", "b")))
        .containsExactlyInAnyOrder("user a", "user b");
    assertThatThrownBy(() -> twoReplicas(Context.background(), List.of("a", "", "")))
        .isInstanceOf(IOException.class);
  }

  // @start region=until
  /** Asks all shops, until one has an offer of {@code enough} or less. */
  static List<String> cheapEnough(Context ctx, List<String> shops, int enough)
      throws InterruptedException {
    try (var group = TaskGroup.<Integer>until(ctx, fork -> price(fork) <= enough)) {
      shops.forEach(shop -> group.fork(shop, c -> offer(c, shop)));
      return group.join().stream().filter(fork -> price(fork) <= enough).map(Fork::name).toList();
    }
  }

  private static int price(Fork<? extends Integer> fork) {
    return fork.state() == State.SUCCESS ? fork.get() : Integer.MAX_VALUE;
  }

  // @end region=until

  @Test
  void aTestOfOnesOwn() throws Exception {
    try (var ctx = Context.background().withCancel()) { // "slow" never answers
      assertThat(cheapEnough(ctx, List.of("slow", "tea", "coffee"), 3)).containsExactly("tea");
    }
  }

  // @start region=next
  /** Prints each offer as it comes. */
  static void print(Context ctx, List<String> shops, Consumer<String> out)
      throws InterruptedException {
    try (var group = TaskGroup.<Integer>collect(ctx)) {
      shops.forEach(shop -> group.fork(shop, c -> offer(c, shop)));
      for (var fork = group.next(); fork != null; fork = group.next()) {
        out.accept(fork.name() + " " + fork.state());
      }
      group.join();
    }
  }

  // @end region=next

  @Test
  void resultsAsTheyCome() throws Exception {
    var out = new ArrayList<String>();
    print(Context.background(), List.of("tea", "mate"), out::add);
    assertThat(out).containsExactlyInAnyOrder("tea SUCCESS", "mate SUCCESS");
  }

  /** Something that is not AutoCloseable, and yet has to be given back. */
  private record Seat(AtomicInteger free) {
    static Seat take(AtomicInteger free) {
      free.decrementAndGet();
      return new Seat(free);
    }

    void giveBack() {
      free.incrementAndGet();
    }
  }

  // @start region=discarding
  /** A seat from whichever train answers first; the other trains get theirs back. */
  static Seat anySeat(Context ctx, List<AtomicInteger> trains) throws Exception {
    try (var group = TaskGroup.<Seat>firstSuccess(ctx).discarding(Seat::giveBack)) {
      for (AtomicInteger train : trains) {
        group.fork("train", c -> Seat.take(train));
      }
      return group.join();
    }
  }

  // @end region=discarding

  @Test
  void whatTheLosersHaveIsGivenBack() throws Exception {
    for (int round = 0; round < 100; round++) {
      var trains = List.of(new AtomicInteger(1), new AtomicInteger(1));
      Seat seat = anySeat(Context.background(), trains);
      assertThat(seat.free()).hasValue(0);
      assertThat(trains.stream().mapToInt(AtomicInteger::get).sum()).isEqualTo(1);
    }
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
