package dev.belay.http.wire;

/** What a header may be named (RFC 9110, section 5.1). */
final class FieldName {
  private FieldName() {}

  static void require(String name) {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new IllegalArgumentException(
          "not an HTTP field name: use letters, digits and hyphens, such as Belay-Timeout-Ms");
    }
  }
}
