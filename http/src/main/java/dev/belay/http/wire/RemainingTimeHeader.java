package dev.belay.http.wire;

import dev.belay.Context;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The header that carries the remaining time: how long its sender still waits. This is where its
 * default name is set. {@link RemainingTime#parse} reads the value. Immutable.
 *
 * @param name the field's name
 * @param form how the value is written
 */
public record RemainingTimeHeader(String name, Form form) {

  /** {@code Belay-Timeout-Ms}, in milliseconds: what Belay sends and reads by default. */
  public static final RemainingTimeHeader DEFAULT =
      new RemainingTimeHeader("Belay-Timeout-Ms", Form.MILLISECONDS);

  /** gRPC's {@code grpc-timeout}. */
  public static final RemainingTimeHeader GRPC = new RemainingTimeHeader("grpc-timeout", Form.GRPC);

  /** The Connect protocol's {@code Connect-Timeout-Ms}. */
  public static final RemainingTimeHeader CONNECT =
      new RemainingTimeHeader("Connect-Timeout-Ms", Form.MILLISECONDS);

  /** Envoy's {@code x-envoy-expected-rq-timeout-ms}: how long the proxy waits for the answer. */
  public static final RemainingTimeHeader ENVOY =
      new RemainingTimeHeader("x-envoy-expected-rq-timeout-ms", Form.MILLISECONDS);

  /** How a remaining time is written. Every form rounds down: a receiver never waits longer. */
  public enum Form {
    /** Whole milliseconds, at most 9,999,999,999 (115 days): {@code 1500}. */
    MILLISECONDS,
    /** gRPC's form, in the finest unit that needs no more than 8 digits: {@code 1500000u}. */
    GRPC
  }

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long MOST_MILLIS = 9_999_999_999L;
  private static final long MOST_GRPC = 99_999_999;
  private static final String GRPC_UNITS = "numSMH";

  /** How many of a unit make one of the next. */
  private static final long[] GRPC_STEPS = {1000, 1000, 1000, 60, 60};

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if {@code name} is no HTTP field name
   */
  public RemainingTimeHeader {
    Objects.requireNonNull(name, "name is null: use RemainingTimeHeader.DEFAULT");
    Objects.requireNonNull(form, "form is null: pass Form.MILLISECONDS");
    FieldName.require(name);
  }

  /** The value for what runs under {@code ctx}, as of now; null if it has no deadline. */
  public @Nullable String format(Context ctx) {
    long nanos = ctx.remainingNanos();
    return nanos == Long.MAX_VALUE ? null : format(nanos);
  }

  /**
   * The value for a time that remains.
   *
   * @param nanos nanoseconds; less than zero counts as zero
   */
  public String format(long nanos) {
    long left = Math.max(0, nanos);
    return switch (form) {
      case MILLISECONDS -> Long.toString(Math.min(left / NANOS_PER_MILLI, MOST_MILLIS));
      case GRPC -> grpc(left);
    };
  }

  private static String grpc(long nanos) {
    long amount = nanos;
    int unit = 0;
    while (amount > MOST_GRPC) {
      amount /= GRPC_STEPS[unit++];
    }
    return Long.toString(amount) + GRPC_UNITS.charAt(unit);
  }
}
