package dev.belay.http.wire;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import dev.belay.Context;
import java.time.Duration;
import java.util.Map;

/**
 * What a client may send in the headers that Belay reads, guided by coverage: no value makes a
 * reader throw what it does not promise, and a value that is accepted can be written and read
 * again. {@code ./build stress} runs it for minutes.
 */
final class WireFuzz {
  private static final Duration LONGEST = Duration.ofHours(99_999_999);

  private WireFuzz() {}

  /** Called by Jazzer for each input. */
  public static void fuzzerTestOneInput(FuzzedDataProvider data) {
    switch (data.consumeInt(0, 3)) {
      case 0 -> remainingTime(data.consumeRemainingAsString());
      case 1 -> trace(data.consumeRemainingAsString());
      case 2 -> state(data.consumeRemainingAsString());
      default -> headers(data.consumeString(20), data.consumeRemainingAsString());
    }
  }

  private static void remainingTime(String value) {
    switch (RemainingTime.parse(value)) {
      case RemainingTime.Known known -> {
        if (known.left().isNegative() || known.left().compareTo(LONGEST) > 0) {
          throw new AssertionError("a remaining time of " + known.left());
        }
      }
      case RemainingTime.Refused refused -> {
        if (value.length() > 2 && refused.reason().contains(value)) {
          throw new AssertionError("repeats the value: " + refused.reason());
        }
      }
      case RemainingTime.Absent none -> throw new AssertionError("there is a value");
    }
  }

  private static void trace(String value) {
    Trace trace;
    try {
      trace = Trace.parse(value);
    } catch (IllegalArgumentException refused) {
      return;
    }
    if (!Trace.parse(trace.toString()).equals(trace)) {
      throw new AssertionError("not read as it was written: " + trace);
    }
  }

  private static void state(String value) {
    String sentOn;
    try {
      sentOn = TraceState.parse(value).format();
    } catch (IllegalArgumentException refused) {
      return;
    }
    if (sentOn != null
        && (sentOn.length() > 512 || !sentOn.equals(TraceState.parse(sentOn).format()))) {
      throw new AssertionError("not read as it was written: " + sentOn);
    }
  }

  private static void headers(String left, String trace) {
    Map<String, String> fields = Map.of("Belay-Timeout-Ms", left, "traceparent", trace);
    WireHeaders.DEFAULT.readRemainingTime(fields::get);
    Context filled = WireHeaders.DEFAULT.readValues(Context.background(), fields::get);
    Trace read = filled.get(Trace.KEY);
    if (read != null && !trace.startsWith(read.toString().substring(2, 52), 2)) {
      throw new AssertionError("another trace: " + read);
    }
  }
}
