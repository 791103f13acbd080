package dev.belay.contracts.socket;

/**
 * A response, whole.
 *
 * @param status its status
 * @param body its body, a character for each byte
 */
public record Answer(int status, String body) {
  /** A response with status 200. */
  public static Answer ok(String body) {
    return new Answer(200, body);
  }
}
