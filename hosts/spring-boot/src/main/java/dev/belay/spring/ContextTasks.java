package dev.belay.spring;

import dev.belay.CancellableContext;
import dev.belay.Context;
import org.springframework.core.task.TaskDecorator;

/**
 * Puts the tasks of Spring's executors under the context of what submits them. A task that is
 * submitted under none gets a child of the application's root.
 */
final class ContextTasks implements TaskDecorator {
  private final Context root;

  ContextTasks(Context root) {
    this.root = root;
  }

  @Override
  public Runnable decorate(Runnable task) {
    Context submitter = Context.current();
    return submitter.equals(Context.background()) ? () -> run(task) : submitter.wrap(task);
  }

  private void run(Runnable task) {
    try (CancellableContext ctx = root.withName("task").withCancel()) {
      ctx.run(c -> task.run());
    }
  }
}
