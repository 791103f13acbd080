package dev.belay.contracts.socket;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response of {@link FaultServer} that is sent whole.
 *
 * @param fields names and values, alternating
 * @param body a character for each byte
 */
record Reply(int status, List<String> fields, String body) {

  /** The reply of a path; null if the path does something else. */
  static @Nullable Reply to(String path, @Nullable String remainingTime) {
    return switch (path) {
      case "/ok" -> ok("ok");
      case "/field" -> ok(remainingTime == null ? "none" : remainingTime);
      case "/latin" -> ok("ä", "content-type", "text/plain; charset=latin1");
      case "/late" -> new Reply(504, List.of(), "out of time");
      case "/moved" -> new Reply(302, List.of("location", "/ok"), "");
      case "/asked" -> new Reply(302, List.of("location", "/field"), "");
      case "/lost" -> new Reply(302, List.of("location", "/hang"), "");
      case "/aside" -> new Reply(303, List.of("location", "/ok"), "aside");
      case "/round" -> new Reply(307, List.of("location", "/round"), "");
      case "/astray" -> new Reply(302, List.of("location", "http://[secret"), "");
      default -> null;
    };
  }

  private static Reply ok(String body, String... fields) {
    return new Reply(200, List.of(fields), body);
  }
}
