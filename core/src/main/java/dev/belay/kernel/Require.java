package dev.belay.kernel;

import dev.belay.Context;
import org.jspecify.annotations.Nullable;

/** Refuses null with a message that says what to pass instead (R15). */
public final class Require {
  private Require() {}

  public static Context context(@Nullable Context ctx) {
    return argument(ctx, "context", "pass Context.todo() if you do not know which");
  }

  public static <T> T argument(@Nullable T argument, String what, String instead) {
    if (argument == null) {
      throw new NullPointerException(what + " is null: " + instead);
    }
    return argument;
  }
}
