package dev.belay;

import java.util.Locale;

/**
 * How much it matters that a piece of work is done, for the order in which new work is served under
 * overload (R41): what matters less is served only while nothing waits that matters more. Once
 * begun, all work is alike. The terms are those of B. Beyer et al., <i>Site Reliability
 * Engineering</i>, 2016, chapter 21.
 */
public enum Criticality {
  /** A person waits for it, and nothing else will do: an order that is being paid. */
  CRITICAL,
  /** What has no value of {@link #KEY}. */
  NORMAL,
  /** May be left out or done later: a prefetch, a batch, a report. */
  SHEDDABLE;

  /**
   * The value of a request or job, for all that is derived from it. It is loggable, and travels as
   * its name in lower case where a header was chosen for it.
   */
  public static final ContextKey<Criticality> KEY =
      ContextKey.<Criticality>named("criticality", Criticality.class)
          .loggable(Criticality::text)
          .travelling(
              new ContextKey.Codec<>() {
                @Override
                public String encode(Criticality value) {
                  return value.text();
                }

                @Override
                public Criticality decode(String text) {
                  return valueOf(text.toUpperCase(Locale.ROOT));
                }
              });

  private String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
