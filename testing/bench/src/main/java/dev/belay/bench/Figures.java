package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;

/**
 * Figures by name: {@code Class.benchmark}, with {@code /value} behind it if the benchmark has a
 * parameter. A figure is the median of all that was measured under its name.
 */
final class Figures {
  private final Map<String, List<Double>> measured = new HashMap<>();

  void add(String name, double figure) {
    measured.computeIfAbsent(name, n -> new ArrayList<>()).add(figure);
  }

  /** Each iteration of each fork. */
  void addAll(Collection<RunResult> results) {
    for (RunResult result : results) {
      String name = name(result);
      result.getBenchmarkResults().stream()
          .flatMap(fork -> fork.getIterationResults().stream())
          .forEach(iteration -> add(name, iteration.getPrimaryResult().getScore()));
    }
  }

  private static String name(RunResult result) {
    var params = result.getParams();
    String[] parts = params.getBenchmark().split("\\.", -1);
    var name =
        new StringBuilder(parts[parts.length - 2]).append('.').append(parts[parts.length - 1]);
    for (String key : params.getParamsKeys()) {
      name.append('/').append(params.getParam(key));
    }
    return name.toString();
  }

  /** Lines of a name and a figure. */
  void addAll(Path file) throws IOException {
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", 2);
      try {
        add(words[0], Double.parseDouble(words[1]));
      } catch (NumberFormatException e) {
        // the line that has the version
      }
    }
  }

  /** NaN if there is none. */
  double get(@Nullable String name) {
    List<Double> all = measured.getOrDefault(name, List.of());
    return all.isEmpty() ? Double.NaN : all.stream().sorted().toList().get(all.size() / 2);
  }
}
