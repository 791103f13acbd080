package dev.belay.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextCancelledException;
import dev.belay.ContextEndedException;
import dev.belay.testkit.VirtualClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Threads that end with their context. The extension fails a test whose threads do not. */
class WorkersExamples {

  // @start region=generator
  /** Hands out 1, 2, 3, … until {@code ctx} ends. */
  static void generate(Context ctx, BlockingQueue<Integer> out) throws InterruptedException {
    ctx.runInterruptibly( // put() knows nothing of contexts, and an interrupt does it no harm
        c -> {
          for (int n = 1; ; n++) {
            out.put(n);
          }
        });
  }

  @Test
  void theGeneratorStopsWhenItsReaderLeaves(Context ctx) throws Exception {
    var numbers = new SynchronousQueue<Integer>();
    Thread generator;
    try (var reading = ctx.withCancel()) {
      generator = Thread.ofVirtual().start(() -> quietly(() -> generate(reading, numbers)));
      while (numbers.take() < 5) {
        // reads on
      }
    } // the reader leaves
    generator.join();
  }

  // @end region=generator

  // @start region=three-workers
  @Test
  void threeWorkersAreCancelledTogether(Context ctx, VirtualClock clock) throws Exception {
    var outOfPaper = new IllegalStateException("out of paper");
    try (var job = ctx.withCancel()) {
      List<FutureTask<String>> workers =
          Stream.of("north", "south", "west")
              .map(name -> new FutureTask<>(() -> print(job.withName(name))))
              .toList();
      List<Thread> threads = workers.stream().map(Thread.ofVirtual()::start).toList();
      clock.awaitWaiting(3);
      job.cancel(outOfPaper);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(workers)
          .allSatisfy(
              worker ->
                  assertThat(worker.exceptionNow())
                      .isInstanceOf(ContextCancelledException.class)
                      .hasCause(outOfPaper));
    }
  }

  static String print(Context ctx) throws InterruptedException {
    ctx.sleep(Duration.ofHours(1));
    return ctx + " has printed";
  }

  // @end region=three-workers

  // @start region=cache
  /** Loads anew every minute until {@code ctx} ends. */
  static void keepFresh(Context ctx, AtomicReference<String> cache, Supplier<String> load)
      throws InterruptedException {
    do {
      cache.set(load.get());
    } while (!ctx.awaitDone(Duration.ofMinutes(1)));
  }

  @Test
  void theCacheIsRefreshedUntilItsContextEnds(Context ctx, VirtualClock clock) throws Exception {
    var cache = new AtomicReference<String>();
    var loads = new AtomicInteger();
    Thread refresher;
    try (var life = ctx.withCancel()) {
      refresher =
          Thread.ofVirtual()
              .start(() -> quietly(() -> keepFresh(life, cache, () -> "v" + loads.addAndGet(1))));
      clock.awaitWaiting(1);
      clock.advance(Duration.ofMinutes(10));
      assertThat(cache).hasValue("v11");
    }
    refresher.join();
    clock.advance(Duration.ofMinutes(10));
    assertThat(cache).hasValue("v11");
  }

  // @end region=cache

  /** The body of a thread that may be stopped. */
  interface Work {
    void run() throws InterruptedException;
  }

  // @start region=quietly
  /** What a thread's own code does with an end: nothing is left to do. */
  private static void quietly(Work work) {
    try {
      work.run();
    } catch (ContextEndedException e) {
      // Whoever ended it knows.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
  // @end region=quietly
}
