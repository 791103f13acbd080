package dev.belay.jobs;

import dev.belay.Context;
import dev.belay.ContextKey;
import java.util.Objects;

/**
 * How far a job is, as its body says. The live tree shows it beside the job's name, and {@link
 * Job#progress} returns it.
 */
public final class Progress {
  static final ContextKey<Progress> KEY =
      ContextKey.<Progress>named("progress", Progress.class).loggable(Progress::text);

  private volatile String text = "";

  Progress() {}

  /**
   * Replaces what was said before. Does nothing where {@code ctx} is not a job's, so that a body
   * can be tested without workers.
   *
   * @param text such as {@code 3 of 10}
   */
  public static void report(Context ctx, String text) {
    Objects.requireNonNull(text, "text is null: say how far the job is");
    Progress progress = ctx.get(KEY);
    if (progress != null) {
      progress.text = text;
    }
  }

  String text() {
    return text;
  }
}
