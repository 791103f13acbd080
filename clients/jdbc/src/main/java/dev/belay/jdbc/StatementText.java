package dev.belay.jdbc;

import java.util.regex.Pattern;

/** What can be learned of a statement from its text, which is not parsed: databases differ. */
final class StatementText {
  private static final int SHOWN = 120;

  /** A literal, whose value may be private; or a comment. Longest doubt goes first. */
  private static final Pattern VALUE =
      Pattern.compile(
          // A comment that has another one in it: some databases nest them, so all the rest goes.
          "--[^\n]*+|/\\*(?:(?!/\\*|\\*/).)*+(?:\\*/|.*+)"
              + "|\\$(\\w*+)\\$.*?(?:\\$\\1\\$|\\z)"
              // Whether a backslash escapes the quote is a setting, so all the rest goes.
              + "|'[^'\\\\]*+(?:''[^'\\\\]*+)*+(?:'|.*+)"
              + "|\"[^\"\\\\]*+(?:\"\"[^\"\\\\]*+)*+(?:\"|.*+)"
              + "|(?<![\\w$.])\\.?[0-9][\\w.]*+(?:(?<=[eE])[+-][0-9]++)?",
          Pattern.DOTALL);

  private static final Pattern COMMENT =
      Pattern.compile("--[^\n]*+|/\\*(?:(?!\\*/).)*+\\*/", Pattern.DOTALL);

  /** What is longer than that is not looked through. */
  private static final int LONGEST = 100_000;

  private static final Pattern FIRST_WORDS =
      Pattern.compile(
          "(?:(?<commit>commit|end|prepare\\s+transaction)|(?<rollback>rollback|abort)"
              + "|(?<begin>begin|start\\s+transaction))\\b"
              + "(?<to>(?:\\s+(?:work|transaction))?\\s+to\\b)?.*+",
          Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

  private static final Pattern UNLISTED_SETTING =
      Pattern.compile(
          "\\bset_config\\b|\\bset\\s+(?:session\\s+)?\"?\\w++\"?\\s*\\.|@\\w++\\s*:?=",
          Pattern.CASE_INSENSITIVE);

  private StatementText() {}

  /**
   * Whether {@code sql} may set what no query lists: a setting of the user's own, such as {@code
   * app.tenant} in PostgreSQL, or a user variable.
   */
  static boolean maySetUnlisted(String sql) {
    return sql.length() > LONGEST
        || UNLISTED_SETTING.matcher(sql).find()
        || (hasComment(sql)
            && UNLISTED_SETTING.matcher(COMMENT.matcher(sql).replaceAll(" ")).find());
  }

  private static boolean hasComment(String sql) {
    return sql.contains("/*") || sql.contains("--");
  }

  /** What a statement does to the transaction that is open, as far as its first words show. */
  enum Effect {
    BEGINS,
    COMMITS,
    ROLLS_BACK,
    ROLLS_BACK_TO_SAVEPOINT,
    OTHER
  }

  static Effect effect(String sql) {
    var words = FIRST_WORDS.matcher(beginning(sql.substring(firstWord(sql))));
    if (!words.matches()) {
      return Effect.OTHER;
    }
    if (words.group("begin") != null) {
      return Effect.BEGINS;
    }
    if (words.group("commit") != null) {
      return Effect.COMMITS;
    }
    return words.group("to") == null ? Effect.ROLLS_BACK : Effect.ROLLS_BACK_TO_SAVEPOINT;
  }

  /** Where {@code sql} begins, behind spaces, semicolons and comments. */
  private static int firstWord(String sql) {
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (Character.isWhitespace(c) || c == ';') {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        at = behindComment(sql, at);
      } else {
        return at;
      }
    }
    return at;
  }

  /** Some databases nest comments; where that leaves one open, this one does not. */
  private static int behindComment(String sql, int start) {
    int depth = 0;
    for (int at = start; at < sql.length() - 1; at++) {
      if (sql.startsWith("/*", at)) {
        depth++;
        at++;
      } else if (sql.startsWith("*/", at)) {
        depth--;
        at++;
        if (depth == 0) {
          return at + 1;
        }
      }
    }
    int first = sql.indexOf("*/", start + 2);
    return first < 0 ? sql.length() : first + 2;
  }

  /**
   * The beginning of {@code sql}, for messages: on one line, every literal as a question mark,
   * comments left out. Quoted names are taken for literals, which they are in some databases.
   */
  static String shown(String sql) {
    String start = beginning(sql);
    String line =
        VALUE
            .matcher(start)
            .replaceAll(found -> isComment(found.group()) ? " " : "?")
            .replaceAll("\\s+", " ")
            .strip();
    return line.length() <= SHOWN && start.length() == sql.length()
        ? line
        : line.substring(0, Math.min(SHOWN, line.length())) + "…";
  }

  private static boolean isComment(String found) {
    return found.startsWith("--") || found.startsWith("/*");
  }

  /** Some programs send megabytes. */
  private static String beginning(String sql) {
    return sql.length() <= 10 * SHOWN ? sql : sql.substring(0, 10 * SHOWN);
  }
}
