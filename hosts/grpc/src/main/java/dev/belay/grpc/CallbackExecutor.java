package dev.belay.grpc;

import dev.belay.spi.HelperThread;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Runs the tasks of a call where its stub wants it, and after the end wherever it can. A blocking
 * stub's executor is the thread that waits for the answer; once that was interrupted and has left,
 * gRPC's tasks would stay there: among them may be the start of the stream, after which alone a
 * cancel is sent.
 */
final class CallbackExecutor implements Executor {
  private final Executor executor;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;

  CallbackExecutor(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (ended) {
      HelperThread.start("gRPC callbacks", this::runAll);
    }
    executor.execute(this::runNext);
  }

  private void runNext() {
    Runnable task = tasks.poll();
    if (task != null) {
      task.run();
    }
  }

  private void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } finally {
        wake();
      }
    }
  }

  /** Who still waits looks only after a task of its own whether there is an answer. */
  private void wake() {
    try {
      executor.execute(this::runNext);
    } catch (RejectedExecutionException e) {
      // nobody waits there any more
    }
  }

  /** Nobody may be waiting any more: runs what is there, and from now on what comes. */
  void end() {
    ended = true;
    runAll();
  }
}
