package dev.belay.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.Fixture;
import dev.belay.Gauge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** R36: many items, in order. */
class OrderedResultsTest extends GroupFixture {

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

  @Test
  @DisplayName("R36: a stream is ordered, and its size is unknown")
  void whatAStreamTells() {
    try (var results = TaskGroup.stream(root, List.of(1), 1, (c, item) -> c.toString())) {
      var split = results.spliterator();
      assertThat(split.hasCharacteristics(Spliterator.ORDERED)).isTrue();
      assertThat(split.estimateSize()).isEqualTo(Long.MAX_VALUE);
      assertThat(split.trySplit()).isNull();
      var read = new ArrayList<String>();
      assertThat(split.tryAdvance(read::add)).isTrue();
      assertThat(split.tryAdvance(read::add)).isFalse();
      assertThat(split.tryAdvance(read::add)).isFalse();
      assertThat(read).containsExactly("background/test/item 0");
    }
  }

  @Test
  @DisplayName("R36: items are numbered, in the names of their contexts")
  void itemsAreNumbered() {
    assertThat(TaskGroup.stream(root, List.of(7, 7, 7), 2, (c, item) -> c.toString()).toList())
        .containsExactly(
            "background/test/item 0", "background/test/item 1", "background/test/item 2");
  }

  @Test
  @DisplayName("R36: closing a stream ends what runs ahead; one that was never read has nothing")
  void closingAStream() throws Exception {
    TaskGroup.stream(root, List.of(1), 1, (c, item) -> item).close();
    var begun = new CountDownLatch(2);
    var ended = new CountDownLatch(1);
    try (var results =
        TaskGroup.stream(root, List.of(1, 2), 2, (c, item) -> first(c, item, begun, ended))) {
      assertThat(results.iterator().next()).isEqualTo(1);
      begun.await();
      assertThat(ended.getCount()).isEqualTo(1);
    }
    ended.await();
  }

  private static int first(Context ctx, int item, CountDownLatch begun, CountDownLatch ended)
      throws InterruptedException {
    begun.countDown();
    try {
      return item == 1 ? item : Fixture.<Integer>untilEnd(ctx);
    } finally {
      if (item != 1) {
        ended.countDown();
      }
    }
  }

  @Test
  @DisplayName("R36: a reader that fails ends what runs ahead")
  void aReaderThatFails() throws Exception {
    var begun = new CountDownLatch(2);
    var ended = new CountDownLatch(1);
    var bug = new IllegalStateException("bug");
    var results =
        TaskGroup.stream(root, List.of(1, 2), 2, (c, item) -> first(c, item, begun, ended));
    assertThatThrownBy(
            () ->
                results.forEach(
                    item -> {
                      awaitBegun(begun);
                      throw bug;
                    }))
        .isSameAs(bug);
    ended.await();
  }

  @Test
  @DisplayName("R35, R36: an error of an item is thrown by the read")
  void anErrorOfAnItem() {
    var error = new StackOverflowError();
    assertThatThrownBy(
            () ->
                TaskGroup.stream(
                        root,
                        List.of(1, 2),
                        2,
                        (c, item) -> {
                          if (item == 2) {
                            throw error;
                          }
                          return Fixture.<Integer>untilEnd(c);
                        })
                    .toList())
        .isSameAs(error);
  }

  @Test
  @DisplayName("R36: a stream is closed by the thread that reads it")
  void aStreamIsClosedByItsReader() throws Exception {
    try (var results = TaskGroup.stream(root, List.of(1, 2), 1, (c, item) -> item)) {
      assertThat(results.iterator().next()).isEqualTo(1);
      var other = new FutureTask<Void>(results::close, null);
      Thread.ofVirtual().start(other).join();
      assertThat(other.exceptionNow()).isInstanceOf(WrongThreadException.class);
    }
  }

  private static void awaitBegun(CountDownLatch begun) {
    try {
      begun.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
