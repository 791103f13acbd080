package dev.belay.http.server.middleware;

import dev.belay.Context;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.FailureLog;
import dev.belay.http.server.HttpMessages;
import dev.belay.http.server.OverloadException;
import dev.belay.http.server.ProblemDetails;
import org.jspecify.annotations.Nullable;

/**
 * Answers what an endpoint throws with {@link ProblemDetails} under an id, and logs it under the
 * same id: the {@link RequestId} if there is one. No stack, and no message of an exception, goes to
 * the client. Where nothing can be answered, because the client is gone or the response has begun,
 * the failure goes on to the host, which breaks the response off.
 */
public final class Recover {
  private static final System.Logger LOG = System.getLogger("dev.belay.http");

  private Recover() {}

  /** What a failure means for the client. */
  @FunctionalInterface
  public interface Problems {
    /**
     * The problem of a failure.
     *
     * @param ctx the request's context
     * @return null to answer nothing
     */
    @Nullable ProblemDetails of(Context ctx, Throwable failure);
  }

  /** {@code next}, its failures answered as {@link ProblemDetails#of} says. */
  public static <Q, S> Endpoint<Q, S> around(HttpMessages<Q, S> messages, Endpoint<Q, S> next) {
    return around(messages, ProblemDetails::of, next);
  }

  /**
   * {@code next}, its failures answered as {@code problems} says: a program's own failures first,
   * then {@link ProblemDetails#of}. What the host itself throws comes {@link
   * HttpMessages#translated translated}.
   */
  public static <Q, S> Endpoint<Q, S> around(
      HttpMessages<Q, S> messages, Problems problems, Endpoint<Q, S> next) {
    return (ctx, request, response) -> {
      try {
        next.handle(ctx, request, response);
      } catch (Throwable thrown) {
        Throwable failure = messages.translated(response, thrown);
        ProblemDetails problem = problems.of(ctx, failure);
        if (problem == null || messages.isCommitted(response)) {
          throw thrown;
        }
        ProblemDetails named = problem.withId(id(ctx));
        FailureLog.write(LOG, ctx, named, failure);
        retryAfter(messages, response, failure);
        boolean json = ProblemDetails.isJsonAccepted(messages.header(request, "Accept"));
        messages.answer(
            response,
            named.status(),
            json ? ProblemDetails.JSON : "text/plain; charset=utf-8",
            json ? named.json() : named.text());
      }
    };
  }

  private static String id(Context ctx) {
    String id = ctx.get(RequestId.KEY);
    return id == null ? RequestId.next() : id;
  }

  private static <Q, S> void retryAfter(
      HttpMessages<Q, S> messages, S response, Throwable failure) {
    if (failure instanceof OverloadException full) {
      long seconds = full.retryAfter().plusNanos(999_999_999).toSeconds();
      messages.setHeader(response, "Retry-After", Long.toString(Math.max(1, seconds)));
    }
  }
}
