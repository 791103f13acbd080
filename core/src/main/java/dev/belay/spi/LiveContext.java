package dev.belay.spi;

import dev.belay.Context;
import dev.belay.kernel.Kernel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A context that had not ended when {@link TreeInspector} came by. What is cheap to say is of that
 * moment; time left, names and threads are found when they are asked for, and change. Keeps the
 * context from being collected.
 */
public interface LiveContext {
  /** What a context is made by. */
  enum Kind {
    /** {@link Context#root}: of a program's life. */
    ROOT,
    /** {@code withCancel}, or a limit later than one above. */
    CANCEL,
    /** A limit of its own. */
    DEADLINE,
    /** {@code withCancelFrom}: ends with either of two. */
    MERGED
  }

  /** The context, without the right to cancel it. */
  Context context();

  /**
   * The same number each time, as long as the context lives; never 0. Of contexts that share a
   * parent two may have the same, as two objects may have the same identity hash code: among 65,000
   * that has to be expected once.
   */
  long id();

  /** The {@link #id} of the context above, in this walk; 0 for the one that it began with. */
  long parent();

  /** How many contexts lie between it and the one that the walk began with, which has 0. */
  int depth();

  /** The names given to it since the context above, as a path; empty if there is none. */
  String name();

  /** What it was made by. */
  Kind kind();

  /** Nanoseconds until its deadline, not above it; 0 if that has passed, MAX_VALUE for none. */
  long leftNanos();

  /** The limit of its own that is in force; null if it is inherited, or there is none. */
  @Nullable Duration ownLimit();

  /**
   * For how many seconds it has lived: of a context with a limit since that began; of another since
   * it was first derived from or watched or, below a tracked root, made. -1 if that is not known.
   */
  long ageSeconds();

  /** How many contexts hang below it. */
  int children();

  /** How many registrations, waiters and running calls watch it. */
  int reactions();

  /** The threads among what watches it. */
  List<LiveThread> threads();

  /** Where it was made, if its root records that, or it is one of the sample: a stack trace. */
  @Nullable Throwable site();

  /** The line of code that made it: the first of {@link #site} that is not Belay's. */
  default @Nullable StackTraceElement place() {
    Throwable site = site();
    return site == null ? null : Kernel.get().place(site);
  }
}
