package dev.belay.bench.overload;

import dev.belay.bench.overload.Load.Phase;
import java.util.ArrayList;
import java.util.List;

/**
 * One situation that a service is brought into.
 *
 * @param title for the table
 * @param rates of the phases, as multiples of what the service can answer
 * @param seconds how long each phase takes
 * @param query how long each query takes, in milliseconds
 * @param call how long the backend takes, in milliseconds
 * @param retries whether a client that was not answered tries once more, at once
 * @param impatient after how many milliseconds the least patient client leaves; the most patient
 *     one leaves after a second
 */
record Scenario(
    String title,
    List<Double> rates,
    double seconds,
    int query,
    int call,
    boolean retries,
    int impatient) {
  static final int PATIENT = 1_000;
  static final int QUERY = 80;
  static final int CALL = 50;

  static Scenario steady(double rate, double seconds) {
    return new Scenario(
        "%s ×".formatted(number(rate)), List.of(rate), seconds, QUERY, CALL, false, PATIENT);
  }

  private static String number(double rate) {
    return rate == Math.rint(rate) ? "" + (int) rate : "" + rate;
  }

  /** All of them. */
  static List<Scenario> all(double seconds) {
    List<Scenario> all = new ArrayList<>();
    for (double rate : new double[] {0.5, 0.9, 1, 1.5, 2, 3}) {
      all.add(steady(rate, seconds));
    }
    List<Double> half = List.of(1.5);
    all.add(new Scenario("1.5 ×, one retry", half, seconds, QUERY, CALL, true, PATIENT));
    all.add(new Scenario("1.5 ×, patience 0.2–1 s", half, seconds, QUERY, CALL, false, 200));
    all.add(new Scenario("1.5 ×, slow backend", half, seconds, QUERY, 300, false, PATIENT));
    all.add(new Scenario("1.5 ×, slow database", half, seconds, 160, CALL, false, PATIENT));
    all.add(recovery(seconds / 2));
    return all;
  }

  private static Scenario recovery(double seconds) {
    return new Scenario("3 ×, then 0.5 ×", List.of(3.0, 0.5), seconds, QUERY, CALL, false, PATIENT);
  }

  /** Two of them, for {@code ./build stress}. */
  static List<Scenario> few(double seconds) {
    return List.of(steady(0.9, seconds), steady(2, seconds));
  }

  boolean isSteady() {
    return rates.size() == 1;
  }

  /** Whether it differs from others by its rate alone, so that it is a point of the picture. */
  boolean isPlain() {
    return isSteady() && equals(steady(rates.getFirst(), seconds));
  }

  double rate() {
    return rates.getFirst();
  }

  /** The phases for a service that can answer {@code capacity} requests a second. */
  List<Phase> phases(double capacity) {
    return rates.stream().map(rate -> new Phase(rate * capacity, seconds, query, call)).toList();
  }

  /** More clients than connections, each of which asks again once it was answered. */
  Phase saturating(double length) {
    // so many that others wait for a connection while these wait for the backend
    int clients = Work.POOL + Work.POOL * call / (2 * query) + Work.POOL / 2;
    return new Phase(-clients, length, query, call);
  }
}
