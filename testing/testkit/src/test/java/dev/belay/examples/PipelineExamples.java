package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.ChannelClosed;
import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.group.TaskGroup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The code of docs/guide/pipelines.md. The extension fails a test that leaves a thread behind. */
class PipelineExamples {
  private static final int MANY = 1_000;

  // @start region=generator
  /** Squares, computed a few ahead of whoever reads them. */
  static Stream<Integer> squares(Context ctx) {
    Iterable<Integer> numbers = () -> IntStream.iterate(1, n -> n + 1).iterator();
    return TaskGroup.stream(ctx, numbers, 4, (c, n) -> n * n);
  }

  static int firstAbove(Context ctx, int limit) {
    try (Stream<Integer> squares = squares(ctx)) { // leaving the block ends the generator
      return squares.filter(n -> n > limit).findFirst().orElseThrow();
    }
  }

  // @end region=generator

  @Test
  void theGeneratorWhoseReaderWalksAwayEnds(Context ctx) {
    assertThat(firstAbove(ctx, 50)).isEqualTo(64);
  }

  // @start region=queues
  /**
   * Reads, parses and stores side by side, over bounded queues. When {@code intake} ends, nothing
   * more is read, and what was read is stored; when {@code ctx} does, everything stops.
   */
  static void overQueues(
      Context ctx, Context intake, Iterator<String> lines, Consumer<Integer> store)
      throws Exception {
    var read = new ArrayBlockingQueue<Optional<String>>(16);
    var parsed = new ArrayBlockingQueue<Optional<Integer>>(16);
    try (var group = TaskGroup.open(ctx)) {
      group.fork(
          "read",
          c -> {
            while (!intake.isDone() && lines.hasNext()) {
              read.put(Optional.of(lines.next()));
            }
            return end(read);
          });
      group.fork(
          "parse",
          c -> {
            for (var line = read.take(); line.isPresent(); line = read.take()) {
              parsed.put(line.map(Integer::valueOf));
            }
            return end(parsed);
          });
      group.fork(
          "store",
          c -> {
            for (var number = parsed.take(); number.isPresent(); number = parsed.take()) {
              store.accept(number.get());
            }
            return null;
          });
      group.join();
    }
  }

  /** Tells the next stage that nothing follows. */
  private static <T> Void end(BlockingQueue<Optional<T>> queue) throws InterruptedException {
    queue.put(Optional.empty());
    return null;
  }

  // @end region=queues

  // @start region=channels
  /** The same over Jox's channels, which have an end of their own. */
  static void overChannels(
      Context ctx, Context intake, Iterator<String> lines, Consumer<Integer> store)
      throws Exception {
    Channel<String> read = Channel.newBufferedChannel(16);
    Channel<Integer> parsed = Channel.newBufferedChannel(16);
    try (var group = TaskGroup.open(ctx)) {
      group.fork(
          "read",
          c -> {
            while (!intake.isDone() && lines.hasNext()) {
              read.send(lines.next());
            }
            read.done();
            return null;
          });
      group.fork(
          "parse",
          c -> {
            for (var line = read.receiveOrClosed();
                line instanceof String text;
                line = read.receiveOrClosed()) {
              parsed.send(Integer.valueOf(text));
            }
            parsed.done();
            return null;
          });
      group.fork(
          "store",
          c -> {
            for (var number = parsed.receiveOrClosed();
                !(number instanceof ChannelClosed);
                number = parsed.receiveOrClosed()) {
              store.accept((Integer) number);
            }
            return null;
          });
      group.join();
    }
  }

  // @end region=channels

  private interface Pipeline {
    void run(Context ctx, Context intake, Iterator<String> lines, Consumer<Integer> store)
        throws Exception;
  }

  private enum Over {
    QUEUES(PipelineExamples::overQueues),
    CHANNELS(PipelineExamples::overChannels);

    private final Pipeline pipeline;

    Over(Pipeline pipeline) {
      this.pipeline = pipeline;
    }
  }

  private static Iterator<String> numbers(Consumer<Integer> accepted) {
    return IntStream.range(0, MANY).peek(accepted::accept).mapToObj(Integer::toString).iterator();
  }

  @ParameterizedTest
  @EnumSource
  void thePipelineEndsInOrder(Over over, Context ctx) throws Exception {
    List<Integer> stored = new ArrayList<>();
    over.pipeline.run(ctx, ctx, numbers(n -> {}), stored::add);
    assertThat(stored).isEqualTo(IntStream.range(0, MANY).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource
  void nothingThatWasAcceptedIsLostWhenItIsDrained(Over over, Context ctx) throws Exception {
    List<Integer> accepted = Collections.synchronizedList(new ArrayList<>());
    List<Integer> stored = new ArrayList<>();
    try (var intake = ctx.withCancel()) {
      over.pipeline.run(
          ctx,
          intake,
          numbers(accepted::add),
          n -> {
            stored.add(n);
            if (n == MANY / 3) {
              intake.cancel();
            }
          });
    }
    assertThat(stored).isEqualTo(accepted);
    assertThat(stored).hasSizeBetween(MANY / 3 + 1, MANY - 1);
  }

  @ParameterizedTest
  @EnumSource
  void aCancelStopsEveryStage(Over over, CancellableContext ctx) {
    List<Integer> stored = new ArrayList<>();
    assertThatThrownBy(
            () ->
                over.pipeline.run(
                    ctx,
                    ctx,
                    numbers(n -> {}),
                    n -> {
                      stored.add(n);
                      ctx.cancel();
                      ctx.throwIfDone();
                    }))
        .isInstanceOf(ContextCancelledException.class);
    assertThat(stored).containsExactly(0);
  }

  @ParameterizedTest
  @EnumSource
  void aStageThatFailsStopsTheOthers(Over over, Context ctx) {
    Iterator<String> lines =
        Stream.concat(Stream.of("1", "x"), Stream.generate(() -> "2")).iterator();
    assertThatThrownBy(() -> over.pipeline.run(ctx, ctx, lines, n -> {}))
        .isInstanceOf(NumberFormatException.class);
  }
}
