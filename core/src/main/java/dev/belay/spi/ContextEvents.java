package dev.belay.spi;

import dev.belay.kernel.BorrowedThread;
import java.util.Arrays;

/**
 * Where events are reported and listeners are installed. Problems are logged whether or not a
 * listener is installed; ends and successful cancels are only reported, and cost nothing while no
 * listener is there. Any thread may call anything.
 */
public final class ContextEvents {
  private static final ContextListener[] NONE = {};

  /** Replaced, never changed, under the class's monitor. */
  private static volatile ContextListener[] installed = NONE;

  private ContextEvents() {}

  /**
   * Adds {@code listener}, unless it is installed.
   *
   * @return whether it was added
   */
  public static synchronized boolean install(ContextListener listener) {
    if (listener == null) {
      throw new NullPointerException("listener is null: pass what is to hear of events");
    }
    if (Arrays.asList(installed).contains(listener)) {
      return false;
    }
    ContextListener[] more = Arrays.copyOf(installed, installed.length + 1);
    more[installed.length] = listener;
    installed = more;
    return true;
  }

  /**
   * Removes {@code listener}. An event that is being reported may still reach it.
   *
   * @return whether it was installed
   */
  public static synchronized boolean remove(ContextListener listener) {
    ContextListener[] fewer =
        Arrays.stream(installed)
            .filter(each -> !each.equals(listener))
            .toArray(ContextListener[]::new);
    boolean removed = fewer.length < installed.length;
    installed = fewer;
    return removed;
  }

  /** Whether a listener is installed: ask before making an event that is not a problem. */
  public static boolean isObserved() {
    return installed.length > 0;
  }

  /**
   * Gives {@code event} to every listener, and to the log if it is a problem. Never throws, and
   * leaves no interrupt that a listener has set on its own thread. Call it without a lock.
   */
  public static void report(ContextEvent event) {
    var caller = BorrowedThread.borrow();
    try {
      quietly(event, EventLog.INSTANCE);
      for (ContextListener listener : installed) {
        quietly(event, listener);
      }
    } finally {
      caller.giveBack();
    }
  }

  private static void quietly(ContextEvent event, ContextListener listener) {
    try {
      listener.on(event);
    } catch (Throwable e) {
      if (!isAboutListeners(event)) {
        report(new ContextEvent.Uncaught(null, "listener", e));
      }
    }
  }

  /** Else a listener that always throws would be reported for ever. */
  private static boolean isAboutListeners(ContextEvent event) {
    return event instanceof ContextEvent.Uncaught uncaught && uncaught.origin().equals("listener");
  }
}
