package dev.belay.http.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whatever a client puts into a header that Belay reads is read as documented, or refused. */
class HostileValuesTest {
  private static final Pattern MILLISECONDS = Pattern.compile("-?[0-9]{1,10}");
  private static final Pattern GRPC = Pattern.compile("-?[0-9]{1,8}[HMSmun]");
  private static final ContextKey<String> USER =
      ContextKey.named("user", String.class).travelling(new AsItIs());
  private static final WireHeaders HEADERS =
      WireHeaders.DEFAULT.with(new ValueHeader<>("user", USER));

  private static final List<String> BEFORE =
      List.of("", " ", "\t", "+", "-", "--", "0x", "\u0000", "\u202e", "\ufeff", "1,", "\r\nX: ");
  private static final List<String> AMOUNTS =
      List.of(
          "",
          "0",
          "1",
          "1500",
          "99999999",
          "9999999999",
          "99999999999",
          "9223372036854775808",
          "1.5",
          "1e9",
          "NaN",
          "\u0661\u0662", // Arabic-Indic digits
          "\uff11", // a full-width digit
          "\ud835\udfd9", // a digit outside the basic plane
          "1_000",
          "7".repeat(1 << 16));
  private static final List<String> AFTER =
      List.of("", "m", "S", "u", "ms", "s", " m", "\u00b5", "K", "\r\n", ",1", ";q=1", "\u2028");

  /** Every combination: about 2,500 values. */
  private static Set<String> values() {
    Set<String> values = new LinkedHashSet<>();
    for (String before : BEFORE) {
      for (String amount : AMOUNTS) {
        for (String after : AFTER) {
          values.add(before + amount + after);
        }
      }
    }
    return values;
  }

  /** What could be made of a {@code traceparent}. */
  private static List<String> traces() {
    String id = "4bf92f3577b34da6a3ce929d0e0e4736";
    String parent = "00f067aa0ba902b7";
    List<String> values = new ArrayList<>(values());
    for (String version : List.of("00", "01", "fe", "ff", "0", "000", "0G", "\u0660\u0660", "")) {
      for (String trace :
          List.of(id, "0".repeat(32), id.toUpperCase(Locale.ROOT), id + "0", "", "\u0661" + id)) {
        for (String span : List.of(parent, "0".repeat(16), parent.substring(1), parent + "\n")) {
          for (String flags : List.of("00", "01", "ff", "1", "001", "-1", "")) {
            for (String rest : List.of("", "-", "-more", "\r\nX: y", "-" + "x".repeat(1 << 16))) {
              values.add(String.join("-", version, trace, span, flags) + rest);
            }
          }
        }
      }
    }
    return values;
  }

  @Test
  void aRemainingTimeIsReadByItsGrammarAndBounded() {
    assertThat(values()).hasSizeGreaterThan(2_000);
    for (String value : values()) {
      boolean wellFormed = MILLISECONDS.matcher(value).matches() || GRPC.matcher(value).matches();
      switch (RemainingTime.parse(value)) {
        case RemainingTime.Known known -> {
          assertThat(wellFormed).as(shown(value)).isTrue();
          assertThat(known.left())
              .as(shown(value))
              .isBetween(Duration.ZERO, Duration.ofHours(99_999_999));
        }
        case RemainingTime.Refused refused -> {
          assertThat(wellFormed).as(shown(value)).isFalse();
          assertThat(refused.reason()).matches("[ -~]{1,100}");
        }
        case RemainingTime.Absent none -> throw new AssertionError(shown(value));
      }
    }
  }

  @Test
  void aTraceIsReadAsItWasWrittenOrNotAtAll() {
    int read = 0;
    for (String value : traces()) {
      Trace trace = received(value).get(Trace.KEY);
      if (trace != null) {
        read++;
        assertThat(value.startsWith(trace.toString().substring(2, 52), 2))
            .as(shown(value))
            .isTrue();
        assertThat(Trace.parse(trace.toString())).isEqualTo(trace);
      }
    }
    assertThat(read).isPositive();
  }

  /** What could be made of a {@code tracestate}. */
  private static Set<String> states() {
    Set<String> values = new LinkedHashSet<>(values());
    List<String> keys =
        List.of("a", "0", "a@b@c", "A", "", "\u00e4", "a b", "k".repeat(256), "k".repeat(257));
    List<String> texts =
        List.of("1", "", " x", "x ", "=", "\u0000", "\u202e", "v".repeat(256), "v".repeat(257));
    for (String key : keys) {
      for (String text : texts) {
        for (String after : List.of("", ",", " ,\tz=1", ",a=2", ",z", ",y=1".repeat(40), "\r\n")) {
          values.add(key + "=" + text + after);
        }
      }
    }
    return values;
  }

  @Test
  void aTraceStateIsReadByItsGrammarAndCanBeSentOn() {
    Pattern list = Pattern.compile("[a-z0-9_*/@=,!-~ -]{3,512}");
    int read = 0;
    for (String value : states()) {
      Map<String, String> sent =
          Map.of(
              "traceparent",
              "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
              "tracestate",
              value);
      Context ctx = WireHeaders.DEFAULT.readValues(Context.background(), sent::get);
      Map<String, String> on = new HashMap<>();
      WireHeaders.DEFAULT.write(ctx, on::put);
      assertThat(on).as(shown(value)).containsKey("traceparent");
      String state = on.get("tracestate");
      if (state != null) {
        read++;
        assertThat(state).as(shown(value)).matches(list);
        assertThat(TraceState.parse(state).format()).isEqualTo(state);
      }
    }
    assertThat(read).isPositive();
  }

  @Test
  void whateverIsAcceptedCanBeSentOn() {
    int accepted = 0;
    for (String value : values()) {
      Context ctx = received(value);
      String user = ctx.get(USER);
      if (user != null) {
        accepted++;
        assertThat(user).isEqualTo(value);
        HEADERS.write(ctx, (name, text) -> assertThat(text).matches("[ -~]*"));
      }
    }
    assertThat(accepted).isPositive();
  }

  private static Context received(String value) {
    return HEADERS.readValues(Context.background(), name -> value);
  }

  private static String shown(@Nullable String value) {
    return value == null ? "null" : value.length() > 40 ? value.length() + " characters" : value;
  }

  /** A codec that trusts whatever comes. */
  private static final class AsItIs implements ContextKey.Codec<String> {
    @Override
    public String encode(String value) {
      return value;
    }

    @Override
    public String decode(String text) {
      return text;
    }
  }
}
