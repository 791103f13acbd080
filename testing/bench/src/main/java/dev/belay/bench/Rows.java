package dev.belay.bench;

import static dev.belay.bench.Row.of;
import static dev.belay.bench.Row.within;

import dev.belay.bench.server.Leaves;
import dev.belay.bench.server.ProcessorTime;
import dev.belay.bench.server.Shutdowns;
import java.util.ArrayList;
import java.util.List;

/** What the report shows, in its order, and what is to be met. Go's figures are of Go 1.27.3. */
@SuppressWarnings("BadImport") // a table reads better without the class before each row
final class Rows {
  private static final double NONE = Double.NaN;

  private Rows() {}

  static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    rows.addAll(reads());
    rows.addAll(derivations());
    rows.addAll(observations());
    rows.addAll(values());
    rows.addAll(calls());
    rows.addAll(ends());
    rows.addAll(sql());
    rows.addAll(servers());
    rows.addAll(memory());
    return rows;
  }

  private static List<Row> reads() {
    List<Row> rows = new ArrayList<>();
    for (int depth : new int[] {1, 10, 100}) {
      rows.add(
          of("`isDone()`, live, depth " + depth, "ReadBenchmark.isDone/" + depth, 3)
              .beside("ReadBenchmark.grpcIsCancelled/" + depth));
      rows.add(
          of("the same below a deadline", "ReadBenchmark.isDoneWithDeadline/" + depth, 1.2)
              .beside("ReadBenchmark.kotlinIsActive/" + depth)
              .go("err/" + depth, 2.5));
    }
    rows.add(
        of("`status()`, ended", "EndedBenchmark.status", 2)
            .beside("EndedBenchmark.grpcIsCancelled")
            .go("errEnded", 20));
    rows.add(
        of("the same, two threads", "EndedBenchmark.statusOnTwoThreads", 2)
            .go("errEndedOnTwo", 36));
    return rows;
  }

  private static List<Row> derivations() {
    return List.of(
        of("`withCancel`, close", "DeriveBenchmark.withCancel", 25)
            .beside("DeriveBenchmark.grpcWithCancellation")
            .go("withCancel", 213),
        of("the same, two threads", "DeriveBenchmark.withCancelOnTwoThreads", 25)
            .beside("DeriveBenchmark.kotlinJobOnTwoThreads")
            .go("withCancelOnTwo", 661),
        of("`withTimeout`, close", "DeriveBenchmark.withTimeout", 45)
            .beside("DeriveBenchmark.grpcWithDeadline")
            .go("withTimeout", 690));
  }

  private static List<Row> observations() {
    List<Row> rows = new ArrayList<>();
    for (int siblings : new int[] {0, 1_000, 100_000}) {
      rows.add(
          of(
                  "derive, observe, close; " + siblings + " siblings",
                  "ObserveBenchmark.observe/" + siblings,
                  25)
              .beside("ObserveBenchmark.kotlinInvokeOnCompletion/" + siblings)
              .go("observe/" + siblings, NONE));
      rows.add(
          of("the same, two threads", "ObserveBenchmark.observeOnTwoThreads/" + siblings, 120)
              .beside("ObserveBenchmark.kotlinOnTwoThreads/" + siblings)
              .go("observeOnTwo/" + siblings, NONE));
    }
    for (int outstanding : new int[] {40, 400_000}) {
      rows.add(
          of(
                  "derive with a time-out, observe, close; " + outstanding + " outstanding",
                  "TimerBenchmark.observeWithTimeout/" + outstanding,
                  150)
              .beside("TimerBenchmark.scheduledThreadPool/" + outstanding)
              .go("observeWithTimeout/" + outstanding, outstanding == 40 ? 270 : 396));
    }
    return rows;
  }

  private static List<Row> values() {
    List<Row> rows = new ArrayList<>();
    double[][] lookups = {{1, 1.3}, {10, 4}, {32, 5}, {100, 8}};
    double[] goLookups = {2.7, 24, NONE, 231};
    for (int i = 0; i < lookups.length; i++) {
      int present = (int) lookups[i][0];
      rows.add(
          of(
                  "look a value up; " + present + " present",
                  "ValueBenchmark.get/" + present,
                  lookups[i][1])
              .beside("ValueBenchmark.grpcGet/" + present)
              .go("value/" + present, goLookups[i]));
    }
    for (int[] addition : new int[][] {{1, 15}, {8, 13}, {32, 40}}) {
      rows.add(
          of(
                  "`withValue`; " + addition[0] + " present",
                  "ValueBenchmark.withValue/" + addition[0],
                  addition[1])
              .beside("ValueBenchmark.otelWith/" + addition[0]));
    }
    return rows;
  }

  private static List<Row> calls() {
    return List.of(
        of("`call`", "CallBenchmark.call", 15).beside("CallBenchmark.grpcAttach"),
        of("`callInterruptibly`", "CallBenchmark.callInterruptibly", 21)
            .beside("CallBenchmark.scopedValue"),
        of("`call(canceller, …)`", "CallBenchmark.callWithCanceller", 21)
            .beside("CallBenchmark.scopedValue"),
        within(1.15, "group: open, fork, join one task", Groups.GROUP, Groups.THREAD),
        of("the same by the JDK's scope", Groups.SCOPE, NONE).beside(Groups.THREAD));
  }

  private static List<Row> ends() {
    return List.of(
        of("cancel 1,000,000 observed children, ms", "CancelBenchmark.children", 80)
            .beside("CancelBenchmark.kotlinChildren")
            .go("cancelChildrenMs", 236),
        of("cancel a chain of 1,000,000, ms", "CancelBenchmark.chain", 80).go("cancelChainMs", 502),
        within(1.2, "cancel → `awaitDone` returns", Wakes.AWAIT_DONE, Wakes.UNPARK)
            .go("wake", 10_000),
        within(1.2, "cancel → a thread in `sleep` runs again", Wakes.SLEEP, Wakes.UNPARK),
        of("the same, with its exception", Wakes.SLEEP_THROWS, NONE).beside(Wakes.THROW),
        within(
            1.3, "cancel → `callInterruptibly`'s body is interrupted", Wakes.CALL, Wakes.INTERRUPT),
        of("the same, until the call has thrown", Wakes.CALL_THROWS, NONE).beside(Wakes.INTERRUPT));
  }

  private static List<Row> sql() {
    return List.of(
        within(
            1.05,
            "prepared query, platform thread",
            "SqlBenchmark.underContext",
            "SqlBenchmark.bare"),
        within(
            1.05,
            "prepared query, virtual thread",
            "SqlBenchmark.underContextOnVirtual",
            "SqlBenchmark.bareOnVirtual"),
        of("client gone → query gone, ms", GoneClients.MEDIAN, NONE),
        of("the same, 99 of 100 turns, ms", GoneClients.P99, 100));
  }

  private static List<Row> servers() {
    List<Row> rows = new ArrayList<>();
    for (String name : Leaves.names()) {
      rows.add(of("client gone → context ended; " + name + ", ms", Leaves.median(name), NONE));
      rows.add(of("the same, 99 of 100 turns, ms", Leaves.p99(name), 10));
    }
    rows.add(of("processor time of a request ÷ Jetty's alone, median", ProcessorTime.MEDIAN, 1.03));
    rows.add(of("the same, the lowest of ten pairs", ProcessorTime.LOWEST, NONE));
    rows.add(of("the same, the highest", ProcessorTime.HIGHEST, NONE));
    rows.add(of("SIGTERM → exit, 600 requests in flight, grace 1 s, ms", Shutdowns.MEDIAN, 2_000));
    rows.add(of("the same, the longest of seven", Shutdowns.LONGEST, 2_000));
    return rows;
  }

  private static List<Row> memory() {
    return List.of(
        of("bytes: unobserved", "bytes/withCancel(), unobserved", 40).go("", 152),
        of("bytes: observed", "bytes/withCancel(), with one reaction", 100).go("", 264),
        of("bytes: observed, with a timer", "bytes/withTimeout(…), with one reaction", 160)
            .go("", 458));
  }
}
