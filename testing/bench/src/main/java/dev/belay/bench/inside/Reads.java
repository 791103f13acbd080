package dev.belay.bench.inside;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What reading costs, near the root and far from it. */
final class Reads {
  private Reads() {}

  static String table() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(
                        "dev[.]belay[.]bench[.](ReadBenchmark[.]isDone.*|ValueBenchmark[.]get)")
                    .param("values", "1", "10", "100")
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(1))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(1))
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    var out = new StringBuilder("     ns  of          call\n");
    for (RunResult result : results) {
      out.append(
          String.format(
              Locale.ROOT,
              "%7.1f  %-10s  %s\n",
              result.getPrimaryResult().getScore(),
              result.getParams().getParamsKeys().stream()
                  .map(key -> result.getParams().getParam(key) + " " + key)
                  .collect(Collectors.joining()),
              result.getPrimaryResult().getLabel()));
    }
    return out.toString();
  }
}
