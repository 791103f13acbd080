package dev.belay.spi;

import dev.belay.kernel.BorrowedThread;
import dev.belay.spi.ContextCarrier.Captured;
import dev.belay.spi.ContextCarrier.Scope;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Where carriers are installed, and where they capture and restore. With none installed a capture
 * is one read of a field. Any thread may call anything.
 */
public final class ContextCarriers {
  private static final ContextCarrier[] NONE = {};

  /** Replaced, never changed, under the class's monitor. */
  private static volatile ContextCarrier[] installed = NONE;

  private ContextCarriers() {}

  /**
   * Adds {@code carrier}, unless it is installed.
   *
   * @return whether it was added
   */
  public static synchronized boolean install(ContextCarrier carrier) {
    if (carrier == null) {
      throw new NullPointerException("carrier is null: pass what is to be carried");
    }
    if (Arrays.asList(installed).contains(carrier)) {
      return false;
    }
    ContextCarrier[] more = Arrays.copyOf(installed, installed.length + 1);
    more[installed.length] = carrier;
    installed = more;
    return true;
  }

  /**
   * Removes {@code carrier}. What it has captured before is still restored.
   *
   * @return whether it was installed
   */
  public static synchronized boolean remove(ContextCarrier carrier) {
    ContextCarrier[] fewer =
        Arrays.stream(installed)
            .filter(each -> !each.equals(carrier))
            .toArray(ContextCarrier[]::new);
    boolean removed = fewer.length < installed.length;
    installed = fewer;
    return removed;
  }

  /** Whether a carrier is installed. Ask before building a task only to carry it. */
  public static boolean isInstalled() {
    return installed.length > 0;
  }

  /**
   * {@code task} with what the calling thread has now; {@code task} itself if none is installed.
   */
  public static Runnable carry(Runnable task) {
    ContextCarrier[] carriers = installed;
    if (carriers.length == 0) {
      return task;
    }
    @Nullable Captured[] captured = capture(carriers);
    return () -> {
      @Nullable Scope[] scopes = restore(captured);
      try {
        task.run();
      } finally {
        close(scopes);
      }
    };
  }

  /** {@link #carry(Runnable)} for a task with a result. */
  public static <T extends @Nullable Object> Callable<T> carry(Callable<T> task) {
    ContextCarrier[] carriers = installed;
    if (carriers.length == 0) {
      return task;
    }
    @Nullable Captured[] captured = capture(carriers);
    return () -> {
      @Nullable Scope[] scopes = restore(captured);
      try {
        return task.call();
      } finally {
        close(scopes);
      }
    };
  }

  private static @Nullable Captured[] capture(ContextCarrier[] carriers) {
    var captured = new @Nullable Captured[carriers.length];
    var caller = BorrowedThread.borrow();
    try {
      for (int i = 0; i < carriers.length; i++) {
        try {
          captured[i] = carriers[i].capture();
        } catch (Throwable e) {
          report(e);
        }
      }
    } finally {
      caller.giveBack();
    }
    return captured;
  }

  private static @Nullable Scope[] restore(@Nullable Captured[] captured) {
    var scopes = new @Nullable Scope[captured.length];
    var borrowed = BorrowedThread.borrow();
    try {
      for (int i = 0; i < captured.length; i++) {
        Captured each = captured[i];
        try {
          scopes[i] = each == null ? null : each.restore();
        } catch (Throwable e) {
          report(e);
        }
      }
    } finally {
      borrowed.giveBack();
    }
    return scopes;
  }

  /** The last one restored is closed first. */
  private static void close(@Nullable Scope[] scopes) {
    var borrowed = BorrowedThread.borrow();
    try {
      for (int i = scopes.length - 1; i >= 0; i--) {
        Scope scope = scopes[i];
        try {
          if (scope != null) {
            scope.close();
          }
        } catch (Throwable e) {
          report(e);
        }
      }
    } finally {
      borrowed.giveBack();
    }
  }

  private static void report(Throwable failure) {
    ContextEvents.report(new ContextEvent.Uncaught(null, "carrier", failure));
  }
}
