package dev.belay.spi;

import dev.belay.kernel.Require;

/**
 * Starts the threads that Belay's modules need for themselves. A thread has what the installed
 * carriers capture on the caller and inherits nothing else: no inheritable thread-local, and the
 * class loader of Belay as its context class loader.
 */
public final class HelperThread {
  private HelperThread() {}

  /**
   * Starts {@code task} on a virtual thread.
   *
   * @param name the thread's name
   */
  public static Thread start(String name, Runnable task) {
    return started(Thread.ofVirtual(), name, task);
  }

  /** Starts {@code task} on a daemon platform thread: for work that would pin a virtual one. */
  public static Thread startPlatform(String name, Runnable task) {
    return started(Thread.ofPlatform().daemon(), name, task);
  }

  /**
   * A virtual thread for {@code task}, not started, that carries nothing: for a {@link TimeSource}
   * and for a thread that serves many callers, whose tasks have captured what they need.
   *
   * @param name the thread's name
   */
  public static Thread unstarted(String name, Runnable task) {
    return unstarted(Thread.ofVirtual(), name, task);
  }

  /** The same on a daemon platform thread: for work that would pin a virtual one. */
  public static Thread unstartedPlatform(String name, Runnable task) {
    return unstarted(Thread.ofPlatform().daemon(), name, task);
  }

  private static Thread started(Thread.Builder builder, String name, Runnable task) {
    Require.argument(task, "task", "pass what to run");
    Thread thread = unstarted(builder, name, ContextCarriers.carry(task));
    thread.start();
    return thread;
  }

  private static Thread unstarted(Thread.Builder builder, String name, Runnable task) {
    Require.argument(name, "name", "name the thread, for thread dumps");
    Require.argument(task, "task", "pass what to run");
    Thread thread = builder.name(name).inheritInheritableThreadLocals(false).unstarted(task);
    thread.setContextClassLoader(HelperThread.class.getClassLoader());
    return thread;
  }
}
