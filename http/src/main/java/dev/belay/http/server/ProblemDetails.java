package dev.belay.http.server;

import dev.belay.Context;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What went wrong with a request, for its client, in the form of RFC 9457. Of the type {@code
 * about:blank}, so the status says what kind of problem it is. Immutable.
 *
 * @param status the response's status
 * @param detail one sentence for the client, which discloses nothing of the server's inside
 * @param id finds the request in the server's log; null if it has none
 */
public record ProblemDetails(int status, String detail, @Nullable String id) {
  /** The media type of {@link #json}. */
  public static final String JSON = "application/problem+json";

  /**
   * The problem that {@link FailureStatus} makes of a failure.
   *
   * @param ctx the request's context
   * @return null if nothing is to be answered
   */
  public static @Nullable ProblemDetails of(Context ctx, Throwable failure) {
    OptionalInt status = FailureStatus.of(ctx, failure);
    return status.isEmpty()
        ? null
        : new ProblemDetails(
            status.getAsInt(), FailureStatus.text(status.getAsInt(), failure), null);
  }

  /** The same with an id. */
  public ProblemDetails withId(String id) {
    return new ProblemDetails(status, detail, id);
  }

  /** As a JSON object, in ASCII. */
  public byte[] json() {
    var json = new StringBuilder("{\"status\":").append(status);
    member(json, "detail", detail);
    if (id != null) {
      member(json, "id", id);
    }
    return json.append('}').toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static void member(StringBuilder json, String name, String value) {
    json.append(",\"").append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /** As one line of text. */
  public byte[] text() {
    String line = status + ": " + detail + (id == null ? "" : " (" + id + ")") + "\n";
    return line.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Whether a client takes problems as JSON; it gets text otherwise.
   *
   * @param accept its {@code Accept} header; null if there is none
   */
  public static boolean isJsonAccepted(@Nullable String accept) {
    return accept == null
        || accept.contains("*/*")
        || accept.contains("application/*")
        || accept.contains("json");
  }
}
