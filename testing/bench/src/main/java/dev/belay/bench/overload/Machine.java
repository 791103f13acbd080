package dev.belay.bench.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * How busy the machine has been so far, in ticks of all processors, as Linux counts them.
 *
 * @param all since the start
 * @param idle of these
 */
record Machine(long all, long idle) {
  private static final Path STAT = Path.of("/proc/stat");

  /** Where no count is found both are zero. */
  static Machine now() throws IOException {
    if (!Files.exists(STAT)) {
      return new Machine(0, 0);
    }
    String[] ticks = Files.readAllLines(STAT).getFirst().split(" +");
    long[] counts = Arrays.stream(ticks, 1, 9).mapToLong(Long::parseLong).toArray();
    return new Machine(Arrays.stream(counts).sum(), counts[3] + counts[4]);
  }

  /** The share of the time since {@code before} in which the processors were busy; NaN: unknown. */
  double busySince(Machine before) {
    return 1 - (double) (idle - before.idle) / (all - before.all);
  }
}
