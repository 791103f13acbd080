package dev.belay.http.server;

import dev.belay.Context;
import dev.belay.lifecycle.ShutdownException;
import java.lang.System.Logger.Level;

/**
 * How hosts log a request that has failed: a 408, 503 or 504 as one line with its reason and its
 * story at INFO, any other failure of the server with its stack trace at WARNING, the client's own
 * mistakes and a client that has left at DEBUG.
 */
public final class FailureLog {
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
    if (status == 408 || status == 503 || status == 504) {
      log.log(Level.INFO, () -> line(request, status, failure));
    } else {
      Level level = status >= 500 ? Level.WARNING : Level.DEBUG;
      log.log(level, () -> status + " for " + request, failure);
    }
  }

  private static String line(Context request, int status, Throwable failure) {
    Throwable real = FailureStatus.unwrapped(failure);
    Throwable reason = FailureStatus.reason(request, real);
    boolean named = reason instanceof RequestEndedException || reason instanceof ShutdownException;
    String kind = (named ? reason : real).getClass().getSimpleName();
    return "%d for %s: %s: %s".formatted(status, request, kind, real.getMessage());
  }
}
