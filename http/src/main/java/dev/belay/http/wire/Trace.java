package dev.belay.http.wire;

import dev.belay.CheckReturnValue;
import dev.belay.ContextKey;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which trace a request belongs to, in the form of W3C Trace Context's {@code traceparent}. It is
 * handed on as it came, with its {@code tracestate}; a tracer makes spans of its own. Immutable.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all zero
 * @param parentId 16 of them: the caller's span
 * @param flags 0 to 255; bit 0 says that the trace is recorded
 * @param state what tracers have added
 */
public record Trace(String traceId, String parentId, int flags, TraceState state) {
  /** The trace of what runs under a context. It is printed as its {@link #traceId}. */
  public static final ContextKey<Trace> KEY =
      ContextKey.named("trace", Trace.class).loggable(Trace::traceId).travelling(new Codec());

  /** Later versions may have more after the flags (section 3.2.4). */
  private static final Pattern FORM =
      Pattern.compile("([0-9a-f]{2})-(.{32})-(.{16})-([0-9a-f]{2})(-.*)?");

  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if one is not of its form
   */
  public Trace {
    requireId(traceId, 32, "trace id");
    requireId(parentId, 16, "parent id");
    if (flags < 0 || flags > 255) {
      throw new IllegalArgumentException("the trace flags are not between 0 and 255");
    }
  }

  /** A trace to which nothing was added. */
  public Trace(String traceId, String parentId, int flags) {
    this(traceId, parentId, flags, TraceState.EMPTY);
  }

  private static void requireId(String id, int length, String what) {
    if (id.length() != length || !HEX.matcher(id).matches() || id.chars().allMatch(c -> c == '0')) {
      throw new IllegalArgumentException(
          "the %s is not %d lower-case hexadecimal digits, not all zero".formatted(what, length));
    }
  }

  /** A new trace, recorded, with random ids. */
  public static Trace start() {
    var random = ThreadLocalRandom.current();
    String id = hex(random.nextLong()) + hex(random.nextLong(1, Long.MAX_VALUE));
    return new Trace(id, hex(random.nextLong(1, Long.MAX_VALUE)), 1);
  }

  private static String hex(long bits) {
    return "%016x".formatted(bits);
  }

  /**
   * Reads a {@code traceparent}.
   *
   * @throws IllegalArgumentException if it is none; the message repeats nothing of it
   */
  public static Trace parse(String traceparent) {
    Matcher form = FORM.matcher(traceparent);
    if (!form.matches()
        || form.group(1).equals("ff")
        || (form.group(1).equals("00") && form.group(5) != null)) {
      throw new IllegalArgumentException("the trace is not of the form 00-TRACE-PARENT-FLAGS");
    }
    return new Trace(form.group(2), form.group(3), Integer.parseInt(form.group(4), 16));
  }

  /** The same with another state. */
  @CheckReturnValue
  public Trace withState(TraceState other) {
    return new Trace(traceId, parentId, flags, other);
  }

  /** The {@code traceparent}, version 00. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "00-%s-%s-%02x", traceId, parentId, flags);
  }

  private static final class Codec implements ContextKey.Codec<Trace> {
    @Override
    public String encode(Trace trace) {
      return trace.toString();
    }

    @Override
    public Trace decode(String text) {
      return parse(text);
    }
  }
}
