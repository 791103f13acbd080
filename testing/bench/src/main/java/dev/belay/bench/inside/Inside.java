package dev.belay.bench.inside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Writes the figures of docs/guide/inside.md. */
public final class Inside {
  private Inside() {}

  /**
   * Traces, measures, writes.
   *
   * @param args the folder to write into
   */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    write(folder.resolve("cancel.txt"), Timeline.of(CancelRun::once).text());
    write(folder.resolve("deadline.txt"), Timeline.of(DeadlineRun::once).text());
    write(folder.resolve("reads.txt"), Reads.table());
    write(folder.resolve("bytes.txt"), Bytes.table());
  }

  private static void write(Path file, String text) throws IOException {
    String where =
        "%s, JDK %s, %d processors\n\n"
            .formatted(
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
    Files.writeString(file, where + text);
    System.out.print(text);
  }
}
