package dev.belay.bench.inside;

import dev.belay.bench.ContextBenchmark;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What reading costs, near the root and far from it. */
final class Reads {
  private Reads() {}

  static String table() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(ContextBenchmark.class.getName() + "[.](isDone.*|value)")
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    var out = new StringBuilder("     ns  contexts above  call\n");
    for (RunResult result : results) {
      out.append(
          String.format(
              Locale.ROOT,
              "%7.1f  %14s  %s\n",
              result.getPrimaryResult().getScore(),
              result.getParams().getParam("depth"),
              result.getPrimaryResult().getLabel()));
    }
    return out.toString();
  }
}
