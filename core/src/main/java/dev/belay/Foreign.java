package dev.belay;

import dev.belay.kernel.BorrowedThread;
import dev.belay.kernel.Names;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Calls the code of a {@link Canceller} so that it can do no harm: whatever it throws is reported,
 * and a default takes the place of its answer (R40).
 */
final class Foreign {
  private static final Duration DEFAULT_PATIENCE = Duration.ofSeconds(10);
  private static final String UNNAMED = "a resource";

  private Foreign() {}

  /** Sends a cancel; what it threw, or null. */
  static @Nullable Throwable cancel(Canceller canceller, int attempt) {
    try {
      canceller.cancel(attempt);
      return null;
    } catch (Throwable e) {
      return e;
    } finally {
      Thread.interrupted(); // the thread is ours: a flag that was left set would end its next wait
    }
  }

  static boolean explains(Canceller canceller, AbstractContext ctx, Throwable failure) {
    var caller = BorrowedThread.borrow();
    try {
      return canceller.explains(failure);
    } catch (Throwable e) {
      report(ctx, e);
      return false;
    } finally {
      caller.giveBack();
    }
  }

  @SuppressWarnings("ConstantValue") // foreign code may return null
  static Duration patience(Canceller canceller, AbstractContext ctx) {
    var caller = BorrowedThread.borrow();
    try {
      @Nullable Duration patience = canceller.patience();
      if (patience != null) {
        return patience;
      }
      report(ctx, new NullPointerException("patience() returned null"));
    } catch (Throwable e) {
      report(ctx, e);
    } finally {
      caller.giveBack();
    }
    return DEFAULT_PATIENCE;
  }

  @SuppressWarnings("ConstantValue") // foreign code may return null
  static String resource(Canceller canceller) {
    var caller = BorrowedThread.borrow();
    try {
      @Nullable String resource = canceller.resource();
      return resource == null ? UNNAMED : Names.text(resource);
    } catch (Throwable e) {
      return UNNAMED;
    } finally {
      caller.giveBack();
    }
  }

  static @Nullable String subject(Canceller canceller) {
    var caller = BorrowedThread.borrow();
    try {
      @Nullable String subject = canceller.subject();
      return subject == null ? null : Names.text(subject);
    } catch (Throwable e) {
      return null;
    } finally {
      caller.giveBack();
    }
  }

  static void abandoned(Canceller canceller, AbstractContext ctx) {
    var caller = BorrowedThread.borrow();
    try {
      canceller.abandoned();
    } catch (Throwable e) {
      report(ctx, e);
    } finally {
      caller.giveBack();
    }
  }

  private static void report(AbstractContext ctx, Throwable failure) {
    ContextEvents.report(new ContextEvent.Uncaught(ctx.view(), "canceller", failure));
  }
}
