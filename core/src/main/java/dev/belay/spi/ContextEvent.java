package dev.belay.spi;

import dev.belay.Context;
import dev.belay.Ending;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that a {@link ContextListener} is notified of. Kinds may be added: a {@code switch}
 * over them needs a {@code default}. Contexts in events cannot be cast to what cancels them. No
 * event prints a value.
 */
public sealed interface ContextEvent {

  /**
   * A context has ended. Reported once for each end, for the context that ended first; what ended
   * with it is not reported again. Only made while a listener is installed.
   *
   * @param context the context that ended first
   * @param ending status, cause, story and time
   * @param began when the time limit began or, without a limit, when the name was given; null if
   *     neither is known: names given before a listener was installed are not timed
   * @param limit the time limit that was in force; null for none
   */
  record Ended(Context context, Ending ending, @Nullable Instant began, @Nullable Duration limit)
      implements ContextEvent {

    /** The share of the limit that was used, from 0; 1 or more when it has passed; NaN for none. */
    public double shareOfLimit() {
      if (began == null || limit == null || !limit.isPositive()) {
        return limit == null ? Double.NaN : 1;
      }
      double used = Duration.between(began, ending.at()).toNanos();
      return Math.max(0, used / limit.toNanos());
    }
  }

  /**
   * A canceller was called and has returned. Only made while a listener is installed, or when the
   * canceller failed.
   *
   * @param context the context whose end sent the cancel
   * @param resource the kind of resource, as {@link dev.belay.Canceller#resource()} names it
   * @param attempt 0, 1, 2, …
   * @param took how long the canceller ran
   * @param failure what it threw; null if it returned normally
   */
  record CancelSent(
      Context context, String resource, int attempt, Duration took, @Nullable Throwable failure)
      implements ContextEvent {}

  /**
   * A resource was abandoned: it did not stop within the patience, and must not be used again.
   *
   * @param context the context whose end was to stop it
   * @param resource the kind of resource
   * @param patience how long was waited
   * @param mayStillRun whether the other side may still work on what was cancelled
   */
  record Abandoned(Context context, String resource, Duration patience, boolean mayStillRun)
      implements ContextEvent {}

  /**
   * Code still runs a grace time after the end of its context, and its owner waits for it.
   *
   * @param context the context that has ended
   * @param name the name of the work
   * @param grace the grace time
   * @param at where the thread is: a stack trace to print, never thrown
   */
  record Zombie(Context context, String name, Duration grace, Throwable at)
      implements ContextEvent {}

  /**
   * A context was dropped without being closed. Reported for a sample of contexts, once for each
   * place that makes them.
   *
   * @param path the context's names and state when it was made
   * @param place the line of code that made it; null if it is not known
   * @param site the stack of that place: to print, never thrown
   */
  record ForgottenClose(String path, @Nullable StackTraceElement place, Throwable site)
      implements ContextEvent {}

  /**
   * Code that Belay was given has thrown where no caller could catch it.
   *
   * @param context the context it ran for; null if there was none
   * @param origin what threw: {@code reaction}, {@code executor}, {@code canceller}, {@code cause
   *     supplier}, {@code carrier}, {@code closer}, {@code limit}, {@code listener}, {@code part}
   *     or {@code time source}
   * @param failure what it threw
   */
  record Uncaught(@Nullable Context context, String origin, Throwable failure)
      implements ContextEvent {}

  /**
   * A wait, or a step, was refused: a queue was full, a server overloaded, what was waited for not
   * there in time, or the time that is left too short for what the step takes.
   *
   * @param context the context that wanted to wait, or of the step
   * @param resource what it would have waited for, or the step's name
   * @param reason why it was refused
   */
  record Refused(Context context, String resource, String reason) implements ContextEvent {}
}
