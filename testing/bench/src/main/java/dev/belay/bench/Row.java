package dev.belay.bench;

import org.jspecify.annotations.Nullable;

/**
 * A line of the report. Figures are named as {@link Figures} does.
 *
 * @param what what is measured
 * @param ours our figure
 * @param target what is to be met: in the figure's unit, or times the peer's figure
 * @param relative whether {@code target} is times the peer's figure
 * @param peer the figure of what people use today; null if there is none
 * @param go Go's figure; null if there is none
 * @param quoted Go's figure from elsewhere, for machines without Go; NaN if there is none
 */
record Row(
    String what,
    String ours,
    double target,
    boolean relative,
    @Nullable String peer,
    @Nullable String go,
    double quoted) {

  static Row of(String what, String ours, double target) {
    return new Row(what, ours, target, false, null, null, Double.NaN);
  }

  /** A row that must be within {@code times} the figure of {@code peer}. */
  static Row within(double times, String what, String ours, String peer) {
    return new Row(what, ours, times, true, peer, null, Double.NaN);
  }

  Row beside(String other) {
    return new Row(what, ours, target, relative, other, go, quoted);
  }

  Row go(String figure, double elsewhere) {
    return new Row(what, ours, target, relative, peer, figure, elsewhere);
  }
}
