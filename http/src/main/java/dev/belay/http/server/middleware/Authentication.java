package dev.belay.http.server.middleware;

import dev.belay.Context;
import dev.belay.ContextKey;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import dev.belay.http.server.UnauthenticatedException;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request its user, as a value of its context under a key of the program's own. Like
 * every value the user is printed nowhere, and in a log only if the key is {@link
 * ContextKey#loggable loggable}. Put it inside {@link Recover}.
 */
public final class Authentication {
  private Authentication() {}

  /**
   * Finds the user of a request.
   *
   * @param <Q> the host's request
   * @param <U> the program's user
   */
  @FunctionalInterface
  public interface Users<Q, U> {
    /**
     * The user who sent {@code request}. It may block: the check of a session is work under {@code
     * ctx}.
     *
     * @return null if it is not known who that is
     * @throws Exception if that cannot be found out; it is answered like a failure of the endpoint
     */
    @Nullable U of(Context ctx, Q request) throws Exception;
  }

  /**
   * {@code next} for requests of known users; others give {@link UnauthenticatedException} (401).
   *
   * @param challenge how a client makes itself known, for {@code WWW-Authenticate}: {@code Bearer}
   */
  public static <Q, S, U> Endpoint<Q, S> around(
      HttpMessages<Q, S> messages,
      String challenge,
      ContextKey<U> key,
      Users<Q, U> users,
      Endpoint<Q, S> next) {
    return (ctx, request, response) -> {
      U user = users.of(ctx, request);
      if (user == null) {
        messages.setHeader(response, "WWW-Authenticate", challenge);
        throw new UnauthenticatedException("the request has no known user");
      }
      Bound.handle(next, ctx.withValue(key, user), request, response);
    };
  }
}
