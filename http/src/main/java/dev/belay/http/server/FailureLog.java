package dev.belay.http.server;

import dev.belay.Context;
import dev.belay.lifecycle.ShutdownException;
import dev.belay.spi.Causes;
import java.lang.System.Logger.Level;
import java.util.StringJoiner;

/**
 * How hosts log a request that has failed: a 408, 503 or 504, and a response that was cut off
 * because its client was too slow to read it, as one line with its reason and its story at INFO,
 * any other failure of the server with its stack trace at WARNING, the client's own mistakes and a
 * client that has left at DEBUG.
 */
public final class FailureLog {
  private static final int LONGEST = 1000;

  private FailureLog() {}

  /**
   * Writes what there is to say of a failure; the request is named by its context's path, in which
   * nothing is shown raw.
   *
   * @param log the host's
   * @param request the request's context
   * @param status what is answered, by {@link FailureStatus}; 0 for no answer
   */
  public static void write(System.Logger log, Context request, int status, Throwable failure) {
    write(log, request, status, answer(status), failure);
  }

  /**
   * The same for a host whose answers have names of their own.
   *
   * @param answer what is answered, in the host's words: {@code DEADLINE_EXCEEDED}
   */
  public static void write(
      System.Logger log, Context request, int status, String answer, Throwable failure) {
    if (status == 408 || status == 503 || status == 504 || isSlowReader(request, failure)) {
      log.log(Level.INFO, () -> line(request, answer, failure));
    } else {
      Level level = status >= 500 ? Level.WARNING : Level.DEBUG;
      log.log(level, () -> answer + " for " + request, failure);
    }
  }

  /** The same for a failure that is answered with {@code problem}, under the id of that. */
  public static void write(
      System.Logger log, Context request, ProblemDetails problem, Throwable failure) {
    int status = problem.status();
    write(log, request, status, answer(status) + " (" + problem.id() + ")", failure);
  }

  private static boolean isSlowReader(Context request, Throwable failure) {
    return FailureStatus.reason(request, FailureStatus.unwrapped(failure))
        instanceof WriteTimeoutException;
  }

  private static String answer(int status) {
    return status == 0 ? "no answer" : Integer.toString(status);
  }

  private static String line(Context request, String answer, Throwable failure) {
    Throwable real = FailureStatus.unwrapped(failure);
    Throwable reason = FailureStatus.reason(request, real);
    boolean named = reason instanceof RequestEndedException || reason instanceof ShutdownException;
    String kind = (named ? reason : real).getClass().getSimpleName();
    return "%s for %s: %s: %s".formatted(answer, request, kind, shown(messages(failure, real)));
  }

  /** What was thrown says what was being done, and its causes why that failed. */
  private static String messages(Throwable failure, Throwable real) {
    var messages = new StringJoiner("; ");
    Causes.first(
        failure,
        each -> {
          messages.add(String.valueOf(each.getMessage()));
          return each.equals(real);
        });
    return messages.toString();
  }

  /** One line, of a bounded length: a message may repeat what a client or a server has sent. */
  private static String shown(String message) {
    String line = message.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
