package dev.belay.bench;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line of the report.
 *
 * @param what what is measured
 * @param ours our benchmark's name
 * @param params its parameters
 * @param target the figure that is to be met, in the benchmark's unit
 * @param peer the benchmark of what people use today; null if there is none
 * @param peerParams its parameters
 */
record Row(
    String what,
    String ours,
    Map<String, String> params,
    double target,
    @Nullable String peer,
    Map<String, String> peerParams) {

  static Row of(String what, String ours, double target, @Nullable String peer) {
    return new Row(what, ours, Map.of(), target, peer, Map.of());
  }

  Row at(String name, String value) {
    return new Row(what, ours, Map.of(name, value), target, peer, Map.of(name, value));
  }

  /** Compared with the peer at another value: where ours is flat and the peer grows without end. */
  Row peerAt(String name, String value) {
    return new Row(what, ours, params, target, peer, Map.of(name, value));
  }
}
