package dev.belay.bench.overload;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the load generator sends to a service, as one line of text.
 *
 * @param port the service's
 * @param first the id of the first request; the others follow, each first attempt at an even
 *     distance
 * @param seed of the arrivals
 * @param retries whether a client that was not answered tries once more, at once
 * @param impatient after how many milliseconds the least patient client leaves
 * @param patient and the most patient one
 * @param phases one after the other
 */
record Load(
    int port,
    long first,
    long seed,
    boolean retries,
    int impatient,
    int patient,
    List<Phase> phases) {

  /**
   * Requests that come at random, whether or not others were answered.
   *
   * @param rate how many in a second; negative for so many clients that ask in turn, each as soon
   *     as it was answered
   * @param seconds for how long
   * @param query how long each of a request's two queries takes, in milliseconds
   * @param call how long its call of the backend takes, in milliseconds
   */
  record Phase(double rate, double seconds, int query, int call) {
    private String text() {
      return "%s:%s:%d:%d".formatted(rate, seconds, query, call);
    }

    private static Phase parse(String text) {
      String[] parts = text.split(":", -1);
      return new Phase(
          Double.parseDouble(parts[0]),
          Double.parseDouble(parts[1]),
          Integer.parseInt(parts[2]),
          Integer.parseInt(parts[3]));
    }
  }

  double seconds() {
    return phases.stream().mapToDouble(Phase::seconds).sum();
  }

  String text() {
    String all = phases.stream().map(Phase::text).collect(Collectors.joining(","));
    return String.join(
        " ",
        List.of("" + port, "" + first, "" + seed, "" + retries, "" + impatient, "" + patient, all));
  }

  static Load parse(String text) {
    String[] parts = text.split(" ", -1);
    return new Load(
        Integer.parseInt(parts[0]),
        Long.parseLong(parts[1]),
        Long.parseLong(parts[2]),
        Boolean.parseBoolean(parts[3]),
        Integer.parseInt(parts[4]),
        Integer.parseInt(parts[5]),
        Arrays.stream(parts[6].split(",")).map(Phase::parse).toList());
  }
}
