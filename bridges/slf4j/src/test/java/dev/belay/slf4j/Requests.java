package dev.belay.slf4j;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.group.TaskGroup;
import dev.belay.spi.HelperThread;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** A thousand requests at a time, each of which logs its own id on every kind of thread. */
final class Requests {
  static final int COUNT = 1_000;

  /** Lines of each request: of its thread, a fork, a reaction, a canceller, a helper, a pool. */
  static final int LINES = 6;

  static final ContextKey<String> ID =
      ContextKey.<String>named("request id", String.class).loggable(id -> id);

  private final Consumer<String> log;
  private final CountDownLatch reactions = new CountDownLatch(COUNT);

  private Requests(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Serves them all.
   *
   * @param log writes an event whose message is the id
   */
  static void serve(Context root, Consumer<String> log) throws Exception {
    var requests = new Requests(log);
    try (ExecutorService pool = Executors.newFixedThreadPool(4);
        TaskGroup<Void, List<Void>, Exception> all = TaskGroup.<Void>open(root).limit(100)) {
      for (int i = 0; i < COUNT; i++) {
        String id = "r" + i;
        all.fork(id, c -> requests.serve(c.withValue(ID, id), id, pool));
      }
      all.join();
      requests.reactions.await();
    }
  }

  private Void serve(Context request, String id, ExecutorService pool) throws Exception {
    try (CancellableContext ctx = request.withCancel();
        TaskGroup<Void, List<Void>, Exception> group = TaskGroup.open(ctx)) {
      group.fork("fork", c -> logged(id));
      ctx.<Exception>run(
          c -> {
            log.accept(id);
            c.onDone(
                () -> {
                  log.accept(id);
                  reactions.countDown();
                });
            HelperThread.start("helper", () -> log.accept(id)).join();
          });
      pool.submit(ctx.wrap(() -> log.accept(id))).get();
      group.join();
      ctx.run(c -> cancel(c, id));
      return null;
    }
  }

  private Void logged(String id) {
    log.accept(id);
    return null;
  }

  private void cancel(Context parent, String id) throws InterruptedException {
    CancellableContext ctx = parent.withCancel();
    var cancelled = new CountDownLatch(1);
    ctx.<InterruptedException>run(
        attempt -> {
          if (attempt == 0) {
            log.accept(id);
            cancelled.countDown();
          }
        },
        c -> {
          ctx.cancel();
          cancelled.await();
        });
  }
}
