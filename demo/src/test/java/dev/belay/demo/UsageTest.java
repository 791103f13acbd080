package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class UsageTest {
  /** {@code ./build demo --help} shows the file, so that the answer needs no compiler. */
  @Test
  void theFileShowsWhatTheCommandLineAnswers() throws Exception {
    String usage = new CommandLine(OrderServiceMain.class).getUsageMessage(Ansi.OFF);
    assertThat(Files.readString(Path.of("usage.txt"))).isEqualTo(usage);
  }
}
