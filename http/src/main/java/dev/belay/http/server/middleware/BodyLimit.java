package dev.belay.http.server.middleware;

import dev.belay.http.server.BodyTooLargeException;
import dev.belay.http.server.Endpoint;
import dev.belay.http.server.HttpMessages;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Refuses bodies that are too long: at once if their length says so, otherwise while they come. */
public final class BodyLimit {
  private BodyLimit() {}

  /**
   * {@code next} for requests with at most so long a body; a longer one gives {@link
   * BodyTooLargeException} (413).
   *
   * @throws IllegalArgumentException if {@code bytes} is negative
   */
  public static <Q, S> Endpoint<Q, S> around(
      HttpMessages<Q, S> messages, long bytes, Endpoint<Q, S> next) {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes is " + bytes + ": allow none or more");
    }
    Objects.requireNonNull(messages, "messages is null: pass those of the host");
    Objects.requireNonNull(next, "next is null: pass the endpoint that is protected");
    return (ctx, request, response) -> {
      if (length(messages.header(request, "Content-Length")) > bytes) {
        throw new BodyTooLargeException(bytes);
      }
      next.handle(ctx, messages.withBodyLimit(request, bytes), response);
    };
  }

  /** The host has checked the header; a length that is none is counted while it comes. */
  private static long length(@Nullable String header) {
    try {
      return header == null ? 0 : Long.parseLong(header.strip());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
