package dev.belay.bench;

import static dev.belay.bench.Row.of;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks, each in three JVMs, and writes one table: our figure, its target, the peer's
 * figure from the same run, and the ratio of the two. The figures are medians over the JVMs.
 */
public final class Report {
  private static final List<Row> ROWS = rows();

  private Report() {}

  /** {@code Report PAGE [JMH's options]}: writes the table into the page, and prints it. */
  public static void main(String[] args)
      throws RunnerException, IOException, CommandLineOptionException {
    var options =
        new CommandLineOptions(List.of(args).subList(1, args.length).toArray(new String[0]));
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(options)
                    .forks(options.getForkCount().orElse(3))
                    .warmupTime(options.getWarmupTime().orElse(TimeValue.seconds(1)))
                    .measurementTime(options.getMeasurementTime().orElse(TimeValue.seconds(1)))
                    .warmupIterations(options.getWarmupIterations().orElse(3))
                    .measurementIterations(options.getMeasurementIterations().orElse(3))
                    .build())
            .run();
    String table = table(results);
    System.out.print(table);
    write(Path.of(args[0]), table);
  }

  private static void write(Path page, String table) throws IOException {
    String mark = "<!-- from here on written by ./build bench -->\n";
    String text = Files.readString(page);
    Files.writeString(page, text.substring(0, text.indexOf(mark) + mark.length()) + "\n" + table);
  }

  private static String table(Collection<RunResult> results) {
    var out = new StringBuilder();
    out.append(
        "%s, JDK %s, %d processors, %s %s. Medians of the forks.%n%n"
            .formatted(
                LocalDate.now(ZoneOffset.UTC),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch")));
    out.append("| what | Belay | target | | peer | | Belay ÷ peer |\n");
    out.append("| --- | ---: | ---: | --- | --- | ---: | ---: |\n");
    for (Row row : ROWS) {
      OptionalDouble ours = median(results, row.ours(), row.params());
      if (ours.isPresent()) {
        out.append(line(row, ours.getAsDouble(), results));
      }
    }
    return out.toString();
  }

  private static String line(Row row, double ours, Collection<RunResult> results) {
    OptionalDouble peer =
        row.peer() == null ? OptionalDouble.empty() : median(results, row.peer(), row.peerParams());
    return String.format(
        Locale.ROOT,
        "| %s | %.1f | %.0f | %s | %s | %s | %s |%n",
        row.what(),
        ours,
        row.target(),
        ours <= row.target() ? "met" : "**missed**",
        peer.isPresent() ? name(row.peer()) : "",
        peer.isPresent() ? String.format(Locale.ROOT, "%.1f", peer.getAsDouble()) : "",
        peer.isPresent() ? String.format(Locale.ROOT, "%.2f", ours / peer.getAsDouble()) : "");
  }

  private static String name(@Nullable String benchmark) {
    return benchmark == null ? "" : benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }

  /** The median over all iterations of all forks. */
  private static OptionalDouble median(
      Collection<RunResult> results, String benchmark, Map<String, String> params) {
    List<Double> scores = new ArrayList<>();
    for (RunResult result : results) {
      if (result.getParams().getBenchmark().endsWith("." + benchmark)
          && params.entrySet().stream()
              .allMatch(p -> p.getValue().equals(result.getParams().getParam(p.getKey())))) {
        result.getBenchmarkResults().stream()
            .flatMap(fork -> fork.getIterationResults().stream())
            .map(iteration -> (Result<?>) iteration.getPrimaryResult())
            .forEach(primary -> scores.add(primary.getScore()));
      }
    }
    scores.sort(null);
    return scores.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(scores.get(scores.size() / 2));
  }

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (String depth : List.of("1", "10", "100")) {
      rows.add(
          of(
                  "`isDone()`, live, depth " + depth,
                  "ReadBenchmark.isDone",
                  3,
                  "ReadBenchmark.grpcIsCancelled")
              .at("depth", depth));
      rows.add(
          of(
                  "the same below a deadline",
                  "ReadBenchmark.isDoneWithDeadline",
                  3,
                  "ReadBenchmark.kotlinIsActive")
              .at("depth", depth));
    }
    rows.add(of("`status()`, ended", "EndedBenchmark.status", 2, "EndedBenchmark.grpcIsCancelled"));
    rows.add(of("the same, two threads", "EndedBenchmark.statusOnTwoThreads", 2, null));
    rows.add(
        of(
            "`withCancel`, close",
            "DeriveBenchmark.withCancel",
            25,
            "DeriveBenchmark.grpcWithCancellation"));
    rows.add(
        of(
            "the same, two threads",
            "DeriveBenchmark.withCancelOnTwoThreads",
            25,
            "DeriveBenchmark.kotlinJob"));
    rows.add(
        of(
            "`withTimeout`, close",
            "DeriveBenchmark.withTimeout",
            45,
            "DeriveBenchmark.grpcWithDeadline"));
    for (String siblings : List.of("0", "1000", "100000")) {
      rows.add(
          of(
                  "derive, observe, close; " + siblings + " siblings",
                  "ObserveBenchmark.observe",
                  80,
                  "ObserveBenchmark.kotlinInvokeOnCompletion")
              .at("siblings", siblings));
      rows.add(
          of(
                  "the same, two threads",
                  "ObserveBenchmark.observeOnTwoThreads",
                  120,
                  "ObserveBenchmark.grpcAddListener")
              .at("siblings", siblings)
              .peerAt("siblings", "0"));
    }
    for (String outstanding : List.of("40", "400000")) {
      rows.add(
          of(
                  "the same with a time-out; " + outstanding + " outstanding",
                  "TimerBenchmark.observeWithTimeout",
                  150,
                  "TimerBenchmark.scheduledThreadPool")
              .at("outstanding", outstanding));
    }
    addValues(rows);
    rows.add(of("`call`", "CallBenchmark.call", 15, "CallBenchmark.grpcAttach"));
    rows.add(
        of(
            "`callInterruptibly`",
            "CallBenchmark.callInterruptibly",
            60,
            "CallBenchmark.threadLocalSwap"));
    rows.add(
        of(
            "`call(canceller, …)`",
            "CallBenchmark.callWithCanceller",
            80,
            "CallBenchmark.threadLocalSwap"));
    rows.add(
        of(
            "cancel 1,000,000 observed children, ms",
            "CancelBenchmark.children",
            80,
            "CancelBenchmark.kotlinChildren"));
    rows.add(of("cancel a chain of 1,000,000, ms", "CancelBenchmark.chain", 80, null));
    return rows;
  }

  private static void addValues(List<Row> rows) {
    Map<String, Integer> lookups = Map.of("1", 2, "10", 4, "32", 5, "100", 8);
    for (String values : List.of("1", "10", "32", "100")) {
      rows.add(
          of(
                  "look a value up; " + values + " present",
                  "ValueBenchmark.get",
                  lookups.getOrDefault(values, 0),
                  "ValueBenchmark.grpcGet")
              .at("values", values));
    }
    Map<String, Integer> additions = Map.of("1", 15, "8", 25, "32", 40);
    for (String values : List.of("1", "8", "32")) {
      rows.add(
          of(
                  "`withValue`; " + values + " present",
                  "ValueBenchmark.withValue",
                  additions.getOrDefault(values, 0),
                  "ValueBenchmark.otelWith")
              .at("values", values));
    }
  }
}
