package dev.belay.kernel;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Ending;
import dev.belay.spi.LiveVisitor;
import dev.belay.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What other packages of core ask of the tree of contexts that the public API does not offer. The
 * package {@code dev.belay} implements it once.
 */
public abstract class Kernel {
  private static volatile @Nullable Kernel registered;

  /** Loads the implementation, which registers itself, when it is asked for first. */
  private static final class Holder {
    static final Kernel INSTANCE = load();

    private static Kernel load() {
      try {
        Class.forName("dev.belay.CoreKernel");
      } catch (ClassNotFoundException e) {
        throw new LinkageError("belay-core is incomplete", e);
      }
      Kernel found = registered;
      if (found == null) {
        throw new LinkageError("belay-core did not register its kernel");
      }
      return found;
    }
  }

  /** For {@code dev.belay} alone. */
  @SuppressWarnings("ThisEscapedInObjectConstruction") // used only once it was constructed
  protected Kernel() {
    registered = this;
  }

  /** The one kernel. */
  public static Kernel get() {
    return Holder.INSTANCE;
  }

  // ---- for spi

  /**
   * The piece of work that {@code ctx} belongs to: one request, or one job. It is the outermost
   * context with a deadline or, without one, the outermost below the root, with all that is derived
   * from it, what is shielded included.
   *
   * @return null if there is none: nothing above can end
   */
  public abstract @Nullable Work work(Context ctx);

  /** Binds {@code ctx}, or nothing if null, to the thread; returns what was bound before. */
  public abstract @Nullable Context swap(@Nullable Context ctx);

  /** See {@code Ambient.obeyed}. */
  public abstract Context obeyed(Context ctx);

  /** See {@code Loggable.values}. */
  public abstract Map<String, String> loggable(Context ctx);

  /** See {@code Travelling.copy}. */
  public abstract Context travelled(Context from, Context to);

  /** See {@code Roots.open}. */
  public abstract CancellableContext root(String name, TimeSource time, boolean recordSites);

  /** See {@code TreeInspector.roots}. */
  public abstract List<Context> roots();

  /** See {@code TreeInspector.walk}; below every root if {@code from} is null. */
  public abstract void walk(@Nullable Context from, LiveVisitor visitor);

  /** See {@code TreeInspector.forgottenCloses}. */
  public abstract List<String> forgottenCloses();

  /** See {@code TreeInspector.id}. */
  public abstract long id(Context ctx);

  /** See {@code StepTimes.shortest}. */
  public abstract Duration shortest(Context step);

  /** See {@code StepTimes.isRefusal}. */
  public abstract boolean isRefusal(Ending ending);

  /**
   * Refuses the step that {@code step} names if it cannot finish in the time left.
   *
   * @throws dev.belay.DeadlineExceededException although the context is still active
   */
  public abstract void requireTime(Context step);

  /** See {@code TreeInspector.isTracked}. */
  public abstract boolean isTracked(Context ctx);

  /** See {@code TreeInspector.isBelow}. */
  public abstract boolean isBelow(Context ctx, Context root);

  /**
   * The line of code that made the context of which {@code site} is the stack: the first that is
   * not ours.
   */
  public abstract @Nullable StackTraceElement place(Throwable site);

  // ---- for groups

  /** The time source of {@code ctx}. */
  public abstract TimeSource time(Context ctx);

  /** {@code ctx} without the right to cancel it. */
  public abstract Context view(Context ctx);

  /** The names from the root down to {@code ctx}, without state. */
  public abstract String path(Context ctx);

  /**
   * Ends {@code scope} as cancelled, with a story in place of "cancelled by the owner of …".
   *
   * @param cause null for the built-in one
   * @param story null for the usual one
   * @return whether this call has ended it; false if it had ended before (R2)
   */
  public abstract boolean cancel(
      CancellableContext scope, @Nullable Throwable cause, @Nullable String story);
}
