package dev.belay.demo.order;

import dev.belay.http.server.BadRequestException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.List;

/**
 * What makes sending an order again harmless: the key that the customer gave it, and what was
 * ordered under that key.
 *
 * @param key as in the header {@code Idempotency-Key}
 * @param content a hash of the order
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Replay(String key, byte[] content) {
  /** A unique constraint was violated. */
  private static final String DUPLICATE = "23505";

  private static final int LONGEST = 255;

  /**
   * The replay of {@code lines} for {@code email} under {@code key}.
   *
   * @throws BadRequestException if {@code key} is none
   */
  static Replay of(String key, String email, List<NewOrder.Line> lines) {
    if (!key.matches("[!-~]{1," + LONGEST + "}")) {
      throw new BadRequestException(
          "Idempotency-Key must be 1 to " + LONGEST + " printable ASCII characters, no spaces");
    }
    return new Replay(key, sha256(email + lines));
  }

  private static byte[] sha256(String content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Whether {@code failure} says that another request with the key has written its order first. */
  static boolean isLost(Throwable failure) {
    return failure instanceof SQLException sql
        && DUPLICATE.equals(sql.getSQLState())
        && String.valueOf(sql.getMessage()).contains("one_order_a_key");
  }

  /**
   * Checks that what was ordered under the key is the same.
   *
   * @throws KeyReusedException if it is not
   */
  void requireSame(byte[] earlier) {
    if (!MessageDigest.isEqual(content, earlier)) {
      throw new KeyReusedException();
    }
  }
}
