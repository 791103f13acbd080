package dev.belay.bench.overload;

import dev.belay.bench.overload.DatabaseLog.Query;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What became of one run.
 *
 * @param capacity what the service could have answered in a second
 * @param attempts by id
 * @param queries all that ran to their end
 * @param calls all that the backend got
 * @param processor the processor time of the service
 * @param busy the share of the machine that was busy
 */
record Outcome(
    Form form,
    Scenario scenario,
    Load load,
    double capacity,
    Map<Long, Attempt> attempts,
    List<Query> queries,
    List<Call> calls,
    Duration processor,
    double busy) {

  /** Later than this after its client has left, work was not just ending. In microseconds. */
  private static final long ENDING = 5_000;

  private long users() {
    return attempts.values().stream().filter(Attempt::isFirst).count();
  }

  private boolean answered(Attempt first) {
    Attempt second = attempts.get(first.id() + 1);
    return first.answered() || (second != null && second.answered());
  }

  private long answers() {
    return attempts.values().stream().filter(Attempt::isFirst).filter(this::answered).count();
  }

  double offered() {
    return users() / load.seconds();
  }

  /**
   * How many clients were answered in a second of the steady state: the first second is left out,
   * in which no queue has formed yet, and what was answered after the last request had come.
   */
  double goodput() {
    return answeredWhile(1 / load.seconds(), 1);
  }

  /** The goodput, of what was possible. */
  double share() {
    return goodput() / capacity;
  }

  /** The share of the clients that were not answered. */
  double lost() {
    return 1 - (double) answers() / users();
  }

  /** How many answers there were in a second, in that part of the run. */
  double answeredWhile(double from, double to) {
    long begin = attempts.values().stream().mapToLong(Attempt::due).min().orElse(0);
    double length = load.seconds() * 1e6;
    long answered =
        attempts.values().stream()
            .filter(Attempt::answered)
            .mapToDouble(attempt -> (attempt.over() - begin) / length)
            .filter(at -> at >= from && at < to)
            .count();
    return answered / load.seconds() / (to - from);
  }

  /** How long so many of the answered took at most, in milliseconds; NaN for none. */
  double latency(double share) {
    return quantile(share, Attempt::answered);
  }

  /** How long so many of the refused took at most, in milliseconds; NaN for none. */
  double refusal(double share) {
    return quantile(share, attempt -> attempt.status() == 503);
  }

  double refused() {
    return attempts.values().stream().filter(attempt -> attempt.status() == 503).count()
        / load.seconds();
  }

  private double quantile(double share, Predicate<Attempt> which) {
    long[] sorted =
        attempts.values().stream().filter(which).mapToLong(Attempt::took).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[(int) (sorted.length * share)] / 1000.0;
  }

  /** Other than answered, refused and left: the service is broken. */
  long broken() {
    return attempts.values().stream()
        .filter(each -> !each.answered() && each.status() != 503 && each.status() != 504)
        .filter(each -> each.status() != Attempt.LEFT)
        .count();
  }

  /** The share of the queries that ran to their end for clients that were not there any more. */
  double queriesForDeparted() {
    long late = queries.stream().filter(query -> hadLeft(query.id(), query.ended())).count();
    return queries.isEmpty() ? 0 : (double) late / queries.size();
  }

  /** The share of the backend's calls that were answered to requests without a client. */
  double callsForDeparted() {
    long late =
        calls.stream().filter(Call::whole).filter(call -> hadLeft(call.id(), call.ended())).count();
    return calls.isEmpty() ? 0 : (double) late / calls.size();
  }

  private boolean hadLeft(long id, long at) {
    Attempt attempt = attempts.get(id);
    return attempt != null && !attempt.answered() && at > attempt.over() + ENDING;
  }

  /**
   * After the last change of the rate, until all requests that came were answered, in seconds: the
   * last one that was not had come so long after it.
   */
  double recovery() {
    long begin = attempts.values().stream().mapToLong(Attempt::due).min().orElse(0);
    double changed = load.seconds() - load.phases().getLast().seconds();
    return attempts.values().stream()
        .filter(each -> !each.answered())
        .mapToDouble(each -> (each.due() - begin) / 1e6 - changed)
        .filter(after -> after >= 0)
        .max()
        .orElse(0);
  }

  /** The processor time of the service for each request that came, in milliseconds. */
  double processorMillis() {
    return processor.toNanos() / 1e6 / attempts.size();
  }
}
