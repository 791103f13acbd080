package dev.belay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Work of several kinds in turns, one of each kind in each round, in JVMs of their own. What waits
 * for the scheduler changes with the hour and with what ran before; so all kinds meet the same
 * machine.
 */
final class Turns {
  /** Does it once. */
  interface Turn {
    /** Nanoseconds for one operation. */
    double take() throws Exception;
  }

  private Turns() {}

  /**
   * In {@code forks} JVMs, one after the other.
   *
   * @param main its only argument is the file for {@link #take}
   */
  static void measure(Class<?> main, Figures figures, int forks)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("turns", ".txt");
    for (int i = 1; i <= forks; i++) {
      System.out.printf("# %s: fork %d of %d%n", main.getSimpleName(), i, forks);
      List<String> command =
          List.of(
              ProcessHandle.current().info().command().orElseThrow(),
              "--enable-preview", // for the peer that is a preview of the JDK's
              "-cp",
              System.getProperty("java.class.path"),
              main.getName(),
              file.toString());
      if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
        throw new IOException("a fork has failed; it says why above");
      }
      figures.addAll(file);
    }
    Files.delete(file);
  }

  /**
   * Takes so many turns of each kind after as many to warm up, and writes the medians into a file,
   * a name and a figure on each line.
   */
  static void take(Map<String, Turn> kinds, int turns, Path file) throws Exception {
    round(kinds, turns, new Figures());
    var figures = new Figures();
    round(kinds, turns, figures);
    var lines = new ArrayList<String>();
    for (String kind : kinds.keySet()) {
      lines.add(kind + " " + figures.get(kind));
    }
    Files.write(file, lines);
  }

  private static void round(Map<String, Turn> kinds, int turns, Figures figures) throws Exception {
    List<Map.Entry<String, Turn>> order = new ArrayList<>(kinds.entrySet());
    for (int i = 0; i < turns; i++) {
      // What a turn leaves awake makes the next one faster: that must not always be the same one.
      Collections.shuffle(order);
      for (Map.Entry<String, Turn> kind : order) {
        figures.add(kind.getKey(), kind.getValue().take());
      }
    }
  }
}
