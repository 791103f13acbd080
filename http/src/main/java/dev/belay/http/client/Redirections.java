package dev.belay.http.client;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which request a redirection asks for: the one that the JDK's client would send.
 *
 * <p>That client is not left to follow redirections, because it puts the connection of one that it
 * has read into its pool before it lets go of it. Who cancels the exchange then closes the
 * connection, which another request may have by then, and there is no notification of that.
 */
final class Redirections {
  /** How many requests an exchange consists of at most; the JDK's client has the same limit. */
  static final int MOST_REQUESTS = 5;

  /** What must not go to another origin. */
  private static final Set<String> CONFIDENTIAL =
      Set.of("authorization", "cookie", "origin", "referer", "host");

  private Redirections() {}

  /**
   * What to send instead of {@code request}.
   *
   * @return null if {@code response} is to be handed out
   * @throws IOException if {@code response} redirects to what is no address
   */
  static @Nullable HttpRequest next(Redirect policy, HttpRequest request, HttpResponse<?> response)
      throws IOException {
    int status = response.statusCode();
    if (policy == Redirect.NEVER || !isRedirection(status)) {
      return null;
    }
    URI target = target(request, response);
    if (!isFollowed(policy, request.uri(), target)) {
      return null;
    }
    boolean sameOrigin = origin(target).equals(origin(request.uri()));
    var next =
        HttpRequest.newBuilder(
            request,
            (name, value) -> sameOrigin || !CONFIDENTIAL.contains(name.toLowerCase(Locale.ROOT)));
    if (becomesGet(status, request.method())) {
      next.GET();
    }
    return next.uri(target).build();
  }

  private static boolean isRedirection(int status) {
    return switch (status) {
      case 301, 302, 303, 307, 308 -> true;
      default -> false;
    };
  }

  private static URI target(HttpRequest request, HttpResponse<?> response) throws IOException {
    String location =
        response
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IOException("the server redirects, but does not say where to"));
    try {
      URI target = request.uri().resolve(location);
      if (target.getHost() != null || !isHttp(target)) {
        return target;
      }
    } catch (IllegalArgumentException e) {
      // Its message shows what the server has sent, which may be anything.
    }
    throw new IOException("the server redirects to what is no address");
  }

  private static boolean isHttp(URI uri) {
    String scheme = scheme(uri);
    return scheme.equals("http") || scheme.equals("https");
  }

  private static String scheme(URI uri) {
    return uri.getScheme().toLowerCase(Locale.ROOT);
  }

  private static boolean isFollowed(Redirect policy, URI from, URI to) {
    return isHttp(to)
        && (policy == Redirect.ALWAYS
            || scheme(to).equals("https")
            || scheme(to).equals(scheme(from)));
  }

  private static String origin(URI uri) {
    return scheme(uri) + "://" + uri.getRawAuthority();
  }

  private static boolean becomesGet(int status, String method) {
    return switch (status) {
      case 301, 302 -> method.equals("POST");
      case 303 -> !method.equals("HEAD");
      default -> false;
    };
  }
}
