package dev.belay;

import java.util.List;

/** Causes that two actors end with, and figures for what became of it. */
final class Causes {
  static final Throwable A = new Exception("A", null, false, false) {};
  static final Throwable B = new Exception("B", null, false, false) {};

  private Causes() {}

  /** 0 while {@code ctx} is active, 1 and 2 for the two causes, 3 for a deadline, 4 for a close. */
  @SuppressWarnings("ReferenceEquality") // R5: the identical object
  static int of(Context ctx) {
    Throwable cause = ctx.cause();
    if (cause == null) {
      return 0;
    }
    return cause == A ? 1 : cause == B ? 2 : cause == BuiltInCause.DEADLINE ? 3 : 4;
  }

  /** How many of {@code all} are active; a walk comes to the last ones last, so they go first. */
  static int live(List<? extends Context> all) {
    int live = 0;
    for (Context ctx : all.reversed()) {
      if (!ctx.isDone()) {
        live++;
      }
    }
    return live;
  }

  /** What hangs below {@code ctx}. */
  static int entries(Context ctx) {
    Link link = ((CancelContext) ctx).link();
    return link == null ? 0 : link.entries().size();
  }
}
