package dev.belay.http.wire;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What tracers have added to a {@link Trace}, in the form of W3C Trace Context's {@code
 * tracestate}. It is handed on with the trace and read by nobody here. Immutable.
 *
 * @param members in their order, the latest first; at most 32, each key once
 */
public record TraceState(List<Member> members) {
  /** Nothing was added. */
  public static final TraceState EMPTY = new TraceState(List.of());

  private static final int MOST = 32;
  private static final int LONGEST = 512;
  private static final int LONGEST_READ = 8192;
  private static final int LONG_MEMBER = 128;
  private static final Pattern COMMA = Pattern.compile(",");

  /**
   * What one tracer has added.
   *
   * @param key begins with a letter or digit; at most 256 characters of {@code a-z0-9_-*}/{@code @}
   * @param value at most 256 characters of printable ASCII without {@code ,} and {@code =}, the
   *     last one no space
   */
  public record Member(String key, String value) {
    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9_*/@-]{0,255}");
    private static final Pattern VALUE =
        Pattern.compile("[ -~&&[^,=]]{0,255}[!-~&&[^,=]]"); // sections 3.3.1.3.1 and 3.3.1.3.2

    /**
     * Checks both.
     *
     * @throws IllegalArgumentException if one is not of its form; the message repeats neither
     */
    public Member {
      if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
        throw new IllegalArgumentException(
            "a member of a trace state is not of the form KEY=VALUE");
      }
    }

    @Override
    public String toString() {
      return key + "=" + value;
    }
  }

  /**
   * Checks the number of members, and that their keys differ.
   *
   * @throws IllegalArgumentException if there are too many, or a key is there twice
   */
  public TraceState {
    members = List.copyOf(members);
    Set<String> keys = new HashSet<>();
    if (members.size() > MOST || !members.stream().map(Member::key).allMatch(keys::add)) {
      throw new IllegalArgumentException(
          "a trace state has at most %d members, each key once".formatted(MOST));
    }
  }

  /**
   * Reads a {@code tracestate}.
   *
   * @param text several fields of one name are one value, joined by commas
   * @throws IllegalArgumentException if it is none, or longer than 8,192 characters; the message
   *     repeats nothing of it
   */
  public static TraceState parse(String text) {
    if (text.length() > LONGEST_READ) {
      throw new IllegalArgumentException(
          "the trace state has %d characters, more than %d".formatted(text.length(), LONGEST_READ));
    }
    return new TraceState(
        COMMA
            .splitAsStream(text)
            .map(TraceState::stripped)
            .filter(member -> !member.isEmpty())
            .map(TraceState::member)
            .toList());
  }

  /** Without the white space that HTTP allows around a member (RFC 9110, section 5.6.3). */
  private static String stripped(String member) {
    int from = 0;
    int to = member.length();
    while (from < to && isSpace(member.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(member.charAt(to - 1))) {
      to--;
    }
    return member.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static Member member(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("a member of a trace state has no value");
    }
    return new Member(text.substring(0, equals), text.substring(equals + 1));
  }

  /**
   * The {@code tracestate}, of at most 512 characters: members that do not fit are left out, those
   * of more than 128 characters first, then the oldest (section 3.3.1.5).
   *
   * @return null if there is nothing to send
   */
  @Nullable String format() {
    List<Member> kept = members;
    if (length(kept) > LONGEST) {
      kept = kept.stream().filter(each -> each.toString().length() <= LONG_MEMBER).toList();
    }
    while (length(kept) > LONGEST) {
      kept = kept.subList(0, kept.size() - 1);
    }
    return kept.isEmpty() ? null : joined(kept);
  }

  private static int length(List<Member> members) {
    return joined(members).length();
  }

  private static String joined(List<Member> members) {
    return members.stream().map(Member::toString).collect(Collectors.joining(","));
  }

  /** How many members there are: what tracers have added is printed nowhere. */
  @Override
  public String toString() {
    return members.size() + " members";
  }
}
