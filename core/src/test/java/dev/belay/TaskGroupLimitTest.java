package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future.State;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R34, R36: how many run at once; many items in order. */
class TaskGroupLimitTest extends Fixture {

  /** Counts how many run at once. */
  private static final class Gauge {
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    int pass(int value) {
      most.accumulateAndGet(running.incrementAndGet(), Math::max);
      Thread.yield();
      running.decrementAndGet();
      return value;
    }
  }

  // ---- R34

  @ParameterizedTest
  @MethodSource("threads")
  @DisplayName("R34: no more than the limit ever run")
  void theLimitIsNeverPassed(ThreadFactory threads) throws Exception {
    var gauge = new Gauge();
    try (TaskGroup<Integer, List<Integer>, Exception> group =
        TaskGroup.<Integer>open(root).limit(3).threads(threads)) {
      for (int i = 0; i < 1_000; i++) {
        int value = i;
        group.fork("item", c -> gauge.pass(value));
      }
      assertThat(group.join()).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    }
    assertThat(gauge.most.get()).isBetween(1, 3);
  }

  @Test
  @DisplayName("R34: tryFork never waits")
  void tryForkNeverWaits() throws Exception {
    var go = new CountDownLatch(1);
    try (var group = TaskGroup.open(root).limit(2)) {
      ContextCallable<String, InterruptedException> body =
          c -> {
            go.await();
            return "done";
          };
      assertThat(group.tryFork("a", body)).isNotNull();
      var second = group.tryFork("b", body);
      for (int i = 0; i < 100; i++) {
        assertThat(group.tryFork("none", body)).isNull();
      }
      go.countDown();
      while (second.state() == State.RUNNING) {
        Thread.onSpinWait();
      }
      assertThat(group.fork("c", body)).isNotNull();
      assertThat(group.join()).hasSize(3);
    }
  }

  @Test
  @DisplayName("R34: waiting for a slot ends with the context, and the body is not started")
  void waitingForASlotEndsWithTheContext() throws Exception {
    var ctx = root.withName("page").withTimeout(SECOND);
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = TaskGroup.collect(ctx).limit(1).uninterrupted()) {
                var go = new CountDownLatch(1);
                group.fork(
                    "holds",
                    c -> {
                      go.await();
                      return null;
                    });
                var late = group.fork("waits", c -> "never");
                assertThat(late.state()).isEqualTo(State.CANCELLED);
                assertThat(late.failure()).isNull();
                go.countDown();
                assertThatThrownBy(group::join).isInstanceOf(DeadlineExceededException.class);
              }
              return null;
            });
    Thread thread = Thread.ofVirtual().start(owner);
    awaitParked(thread);
    clock.advanceAndForget(SECOND);
    owner.get();
  }

  @Test
  @DisplayName("R33, R34: a failure frees the owner that waits for a slot, and join throws it")
  void aFailureFreesTheOwner() {
    var refused = new IOException("refused");
    try (var group = TaskGroup.open(root).limit(1)) {
      group.fork(
          "fails",
          c -> {
            throw refused;
          });
      for (int i = 0; i < 10; i++) {
        group.fork("never", Fixture::untilEnd);
      }
      assertThatThrownBy(group::join).isSameAs(refused);
    }
  }

  @Test
  @DisplayName("R34: an interrupt while waiting for a slot cancels the group and is kept")
  void anInterruptWhileWaitingForASlot() throws Exception {
    var owner =
        new FutureTask<>(
            () -> {
              try (var group = TaskGroup.open(root).limit(1)) {
                group.fork("holds", Fixture::untilEnd);
                var late = group.fork("waits", c -> "never");
                assertThat(late.state()).isEqualTo(State.CANCELLED);
                assertThatThrownBy(group::join).isInstanceOf(InterruptedException.class);
                assertThatThrownBy(group::join)
                    .isInstanceOf(ContextCancelledException.class)
                    .hasCauseInstanceOf(InterruptedException.class);
              }
              return null;
            });
    Thread thread = Thread.ofVirtual().start(owner);
    awaitParked(thread);
    thread.interrupt();
    owner.get();
  }

  // ---- R36

  @Test
  @DisplayName("R36: map gives results in input order, never more than the limit at once")
  void mapInOrder() throws Exception {
    var gauge = new Gauge();
    List<Integer> items = IntStream.range(0, 500).boxed().toList();
    List<String> results = TaskGroup.map(root, items, 4, (c, item) -> c + " " + gauge.pass(item));
    assertThat(results).hasSize(500).startsWith("background/test/item 0 0");
    assertThat(results.get(499)).isEqualTo("background/test/item 499 499");
    assertThat(gauge.most.get()).isBetween(1, 4);
    assertThat(TaskGroup.map(root, List.<Integer>of(), 4, (c, item) -> item)).isEmpty();
  }

  @Test
  @DisplayName("R36: map throws the first failure in its own type, and takes no more items")
  void mapThrowsTheFirstFailure() throws Exception {
    var taken = new AtomicInteger();
    Iterable<Integer> endless = () -> Stream.iterate(0, i -> i + 1).peek(taken::set).iterator();
    var refused = new IOException("refused");
    try {
      TaskGroup.map(root, endless, 2, (c, item) -> failAt(item, refused));
      throw new AssertionError("no failure");
    } catch (IOException e) { // what the compiler says it throws
      assertThat(e).isSameAs(refused);
    }
    assertThat(taken.get()).isBetween(5, 100_000);
  }

  private static int failAt(int item, IOException failure) throws IOException {
    if (item == 5) {
      throw failure;
    }
    return item;
  }

  @Test
  @DisplayName("R36: a failure of the items themselves is thrown, and what ran is cancelled")
  void itemsThatFail() {
    var broken = new IllegalStateException("broken");
    Iterator<Integer> two = List.of(1, 2).iterator();
    Iterable<Integer> items =
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public Integer next() {
                if (two.hasNext()) {
                  return two.next();
                }
                throw broken;
              }
            };
    assertThatThrownBy(() -> TaskGroup.map(root, items, 4, (c, item) -> untilEnd(c)))
        .isSameAs(broken)
        .hasNoSuppressedExceptions();
    assertThatThrownBy(() -> TaskGroup.stream(root, items, 4, (c, item) -> untilEnd(c)).toList())
        .isSameAs(broken);
  }

  @Test
  @DisplayName(
      "R36: stream gives results in input order, taking no more items than the limit ahead")
  void streamInOrderWithBackPressure() {
    var taken = new AtomicInteger();
    var gauge = new Gauge();
    Iterable<Integer> endless =
        () -> Stream.iterate(0, i -> i + 1).peek(i -> taken.incrementAndGet()).iterator();
    var read = new ArrayList<Integer>();
    try (Stream<Integer> results =
        TaskGroup.stream(root, endless, 4, (c, item) -> gauge.pass(item))) {
      assertThat(taken).hasValue(0);
      results
          .limit(200)
          .forEach(
              each -> {
                read.add(each);
                assertThat(taken.get()).isLessThanOrEqualTo(read.size() + 4);
              });
    }
    assertThat(read).isEqualTo(IntStream.range(0, 200).boxed().toList());
    assertThat(gauge.most.get()).isBetween(1, 4);
  }

  @Test
  @DisplayName("R36: a stream that was read to its end needs no close")
  void aStreamReadToItsEnd() {
    assertThat(TaskGroup.stream(root, List.of(1, 2, 3), 2, (c, item) -> item * 2).toList())
        .containsExactly(2, 4, 6);
  }

  @Test
  @DisplayName(
      "R36: a stream gives what is before the failure, then throws it, checked ones wrapped")
  void aStreamThatFails() {
    var refused = new IOException("refused");
    var read = new ArrayList<Integer>();
    var results =
        TaskGroup.stream(
            root, IntStream.range(0, 100).boxed().toList(), 1, (c, item) -> failAt(item, refused));
    assertThatThrownBy(() -> results.forEach(read::add))
        .isInstanceOf(CompletionException.class)
        .hasCause(refused);
    assertThat(read).containsExactly(0, 1, 2, 3, 4);
    var unchecked = new IllegalStateException("broken");
    assertThatThrownBy(
            () ->
                TaskGroup.stream(
                        root,
                        List.of(1),
                        1,
                        (c, item) -> {
                          throw unchecked;
                        })
                    .toList())
        .isSameAs(unchecked);
  }

  @Test
  @DisplayName("R36: the end of the context ends a stream")
  void theEndOfTheContextEndsAStream() {
    var ctx = root.withName("page").withCancel();
    var results =
        TaskGroup.stream(
            ctx,
            List.of(1, 2, 3),
            2,
            (c, item) -> {
              if (item == 2) {
                ctx.cancel();
                return untilEnd(c);
              }
              return item;
            });
    assertThatThrownBy(results::toList)
        .isInstanceOf(ContextCancelledException.class)
        .hasMessage("cancelled by the owner of \"page\"");
  }

  @Test
  @DisplayName("R36: an interrupt of the reader ends a stream, and is kept")
  void anInterruptEndsAStream() throws Exception {
    var owner =
        new FutureTask<>(
            () -> {
              var results = TaskGroup.stream(root, List.of(1, 2), 2, (c, item) -> untilEnd(c));
              assertThatThrownBy(results::toList)
                  .isInstanceOf(CompletionException.class)
                  .hasCauseInstanceOf(InterruptedException.class);
              return Thread.interrupted();
            });
    Thread thread = Thread.ofVirtual().start(owner);
    awaitParked(thread);
    thread.interrupt();
    assertThat(owner.get()).isTrue();
  }

  @Test
  @DisplayName("R36: a stream belongs to the thread that read it first")
  void aStreamBelongsToItsReader() throws Exception {
    try (var results = TaskGroup.stream(root, List.of(1, 2), 1, (c, item) -> item)) {
      var iterator = results.iterator();
      assertThat(iterator.next()).isEqualTo(1);
      var other = new FutureTask<>(iterator::next);
      Thread.ofVirtual().name("other").start(other).join();
      assertThat(other.exceptionNow())
          .isInstanceOf(WrongThreadException.class)
          .hasMessageContaining("is used by thread \"other\": read and close it on one");
    }
  }
}
