package dev.belay.bench;

import dev.belay.bench.inside.Bytes;
import dev.belay.bench.server.Leaves;
import dev.belay.bench.server.ProcessorTime;
import dev.belay.bench.server.Shutdowns;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks, each in three JVMs, and writes one table: our figure, its target, the peers'
 * figures from the same run, and the ratios.
 */
public final class Report {
  private static final String MARK = "<!-- from here on written by ./build bench -->\n";

  private final Figures figures = new Figures();
  private final boolean goMeasured;

  private Report(boolean goMeasured) {
    this.goMeasured = goMeasured;
  }

  /**
   * {@code Report PAGE GO [JMH's options]}: prints the table, and writes it into the page unless
   * the options name benchmarks.
   *
   * @param args GO is a file with Go's figures; one that is not there means that Go was not at hand
   */
  public static void main(String[] args) throws Exception {
    Path go = Path.of(args[1]);
    var chosen =
        new CommandLineOptions(List.of(args).subList(2, args.length).toArray(new String[0]));
    boolean all = chosen.getIncludes().isEmpty();
    var report = new Report(Files.exists(go));
    Options options = options(chosen);
    if (all) {
      report.measureBesideJmh(options.getForkCount().get());
    }
    report.figures.addAll(new Runner(options).run());
    if (report.goMeasured) {
      report.figures.addAll(go);
    }
    String table = report.table();
    System.out.print(table);
    if (!all) {
      return; // a page with some rows would look like all of them
    }
    Path page = Path.of(args[0]);
    String text = Files.readString(page);
    Files.writeString(page, text.substring(0, text.indexOf(MARK) + MARK.length()) + "\n" + table);
  }

  private void measureBesideJmh(int forks) throws Exception {
    Bytes.lines().forEach((what, bytes) -> figures.add("bytes/" + what, bytes));
    Turns.measure(Groups.class, figures, forks);
    Turns.measure(Wakes.class, figures, forks);
    GoneClients.measure(figures);
    Leaves.measure(figures::add);
    ProcessorTime.measure(figures::add);
    Shutdowns.measure(figures::add);
  }

  private static Options options(CommandLineOptions chosen) {
    return new OptionsBuilder()
        .parent(chosen)
        .forks(chosen.getForkCount().orElse(3))
        .warmupTime(chosen.getWarmupTime().orElse(TimeValue.seconds(1)))
        .measurementTime(chosen.getMeasurementTime().orElse(TimeValue.seconds(1)))
        .warmupIterations(chosen.getWarmupIterations().orElse(3))
        .measurementIterations(chosen.getMeasurementIterations().orElse(3))
        .build();
  }

  private String table() {
    var out = new StringBuilder();
    out.append(
        "%s, JDK %s, %d processors, %s %s. Medians of the forks; bytes and servers once. Go: %s.%n%n"
            .formatted(
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                goMeasured
                    ? "measured in this run"
                    : "1.27.3 on a machine like this one, quoted; there was none here"));
    out.append("| what | Belay | target | | peer | | Belay ÷ peer | Go | Belay ÷ Go |\n");
    out.append("| --- | ---: | ---: | --- | --- | ---: | ---: | ---: | ---: |\n");
    for (Row row : Rows.all()) {
      if (!Double.isNaN(figures.get(row.ours()))) {
        out.append(line(row));
      }
    }
    return out.toString();
  }

  private String line(Row row) {
    double ours = figures.get(row.ours());
    double peer = figures.get(row.peer());
    double go = goMeasured ? figures.get(row.go()) : row.quoted();
    return "| %s | %s | %s | %s | %s | %s | %s | %s | %s |%n"
        .formatted(
            row.what(),
            number(ours),
            target(row),
            verdict(row, ours, peer),
            Double.isNaN(peer) ? "" : name(row.peer()),
            number(peer),
            ratio(ours / peer),
            number(go),
            ratio(ours / go));
  }

  private static String target(Row row) {
    return row.relative() ? "%.2f ×".formatted(row.target()) : number(row.target());
  }

  private static String verdict(Row row, double ours, double peer) {
    double bound = row.relative() ? row.target() * peer : row.target();
    return Double.isNaN(bound) ? "" : ours <= bound ? "met" : "**missed**";
  }

  private static String number(double figure) {
    return Double.isNaN(figure)
        ? ""
        : String.format(Locale.ROOT, figure < 1000 ? "%.1f" : "%,.0f", figure);
  }

  private static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  private static String name(@Nullable String benchmark) {
    return benchmark == null
        ? ""
        : benchmark.substring(benchmark.lastIndexOf('.') + 1).replaceAll("/.*", "");
  }
}
