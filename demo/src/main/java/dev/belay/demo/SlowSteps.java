package dev.belay.demo;

import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Steps that a visitor has slowed down: {@code X-Demo-Slow: charge=3s, stock=200ms}. */
public record SlowSteps(Map<String, Duration> delays) {
  /** The header. */
  public static final String HEADER = "X-Demo-Slow";

  /** The steps that can be slowed. */
  public static final Set<String> STEPS = Set.of("session", "stock", "charge", "order", "mail");

  private static final ContextKey<SlowSteps> KEY = ContextKey.named("slow steps", SlowSteps.class);
  private static final Pattern STEP = Pattern.compile("([a-z]{1,20})=([0-9]{1,5})(ms|s)");
  private static final Duration LONGEST = Duration.ofMinutes(2);

  /**
   * Reads the header's value.
   *
   * @throws IllegalArgumentException if it is not {@code step=time, …}; the message says what it is
   */
  public static SlowSteps parse(String value) {
    Map<String, Duration> delays = new HashMap<>();
    for (String part : value.split(",", 10)) {
      Matcher matcher = STEP.matcher(part.strip());
      if (!matcher.matches() || !STEPS.contains(matcher.group(1))) {
        throw new IllegalArgumentException(
            HEADER + " must look like \"charge=3s, stock=200ms\"; the steps are " + STEPS);
      }
      long amount = Long.parseLong(matcher.group(2));
      Duration delay =
          matcher.group(3).equals("s") ? Duration.ofSeconds(amount) : Duration.ofMillis(amount);
      if (delay.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(HEADER + ": the longest delay is 2 minutes");
      }
      delays.put(matcher.group(1), delay);
    }
    return new SlowSteps(Map.copyOf(delays));
  }

  /** {@code ctx} with these delays. */
  public Context into(Context ctx) {
    return ctx.withValue(KEY, this);
  }

  /** How long {@code step} is to wait under {@code ctx}; zero if it is not slowed. */
  public static Duration of(Context ctx, String step) {
    SlowSteps slow = ctx.get(KEY);
    return slow == null ? Duration.ZERO : slow.delays.getOrDefault(step, Duration.ZERO);
  }
}
