package dev.belay.http.server.middleware;

import dev.belay.Context;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Logs one line for each request when its endpoint has returned:
 *
 * <pre>{@code
 * method=POST path="/orders" status=504 ms=2001 outcome=deadline_exceeded
 *     cause=HandlerDeadlineException share=1.00 id=7f3a…
 * }</pre>
 *
 * <p>{@code share} is the used part of the request's time. There is no {@code status} where nothing
 * was answered. What the client has sent is shown escaped and cut; no header, no query and no value
 * is shown but the {@link RequestId}. Put it outside {@link Recover}, to see the status.
 */
public final class AccessLog {
  private static final int LONGEST = 200;

  private AccessLog() {}

  /**
   * {@code next}, logged.
   *
   * @param log gets the lines, at INFO
   */
  public static <Q, S> Endpoint<Q, S> around(
      HttpMessages<Q, S> messages, System.Logger log, Endpoint<Q, S> next) {
    return (ctx, request, response) -> {
      long begun = System.nanoTime();
      long limit = ctx.remainingNanos();
      boolean answered = false;
      try {
        next.handle(ctx, request, response);
        answered = true;
      } finally {
        long took = System.nanoTime() - begun;
        String status = answered ? Integer.toString(messages.status(response)) : "-";
        log.log(
            Level.INFO,
            "method=%s path=\"%s\" status=%s ms=%d %s%s"
                    .formatted(
                        shown(messages.method(request)),
                        shown(messages.path(request)),
                        status,
                        Duration.ofNanos(took).toMillis(),
                        outcome(ctx, answered),
                        share(took, limit))
                + id(ctx));
      }
    };
  }

  private static String id(Context ctx) {
    String id = ctx.get(RequestId.KEY);
    return id == null ? "" : " id=" + id;
  }

  private static String outcome(Context ctx, boolean answered) {
    Throwable cause = ctx.cause();
    if (cause == null) {
      return answered ? "outcome=done" : "outcome=failed";
    }
    return "outcome=%s cause=%s"
        .formatted(ctx.status().name().toLowerCase(Locale.ROOT), cause.getClass().getSimpleName());
  }

  private static String share(long took, long limit) {
    return limit == Long.MAX_VALUE
        ? ""
        : String.format(Locale.ROOT, " share=%.2f", took / (double) Math.max(1, limit));
  }

  /** Printable ASCII as it is, anything else escaped; cut where it is long. */
  static String shown(@Nullable String text) {
    String known = String.valueOf(text);
    var shown = new StringBuilder();
    for (int i = 0; i < known.length() && shown.length() < LONGEST; i++) {
      char c = known.charAt(i);
      boolean plain = c > ' ' && c <= '~' && c != '"' && c != '\\';
      shown.append(plain ? String.valueOf(c) : "\\u%04x".formatted((int) c));
    }
    return shown.length() < LONGEST ? shown.toString() : shown + "…";
  }
}
