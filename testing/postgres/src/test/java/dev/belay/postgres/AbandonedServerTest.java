package dev.belay.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.belay.postgres.ServerHolder.Ending;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a server when the program that started it ends, in each way a program can. */
@Timeout(120)
@Tag("process")
class AbandonedServerTest {

  @Test
  void killedProgramLeavesNoServerAndNoData() throws Exception {
    try (Program program = Program.start(Ending.WAITS)) {
      assertThat(program.hasServer()).isTrue();
      assertThat(program.dataFolder).isDirectory();

      program.process.destroyForcibly();

      program.assertNothingLeft();
    }
  }

  @Test
  void programThatForgetsToCloseLeavesNoServerAndNoData() throws Exception {
    try (Program program = Program.start(Ending.FORGETS)) {
      program.assertNothingLeft();
    }
  }

  @Test
  void interruptFromTheTerminalLeavesTheServerToTheProgram() throws Exception {
    Path setsid = Path.of("/usr/bin/setsid");
    assumeTrue(Files.isExecutable(setsid), "needs setsid to make a process group");
    try (Program program = Program.start(Ending.DRAINS, setsid.toString())) {
      // What a terminal does at Ctrl-C: to the group, that is to the program and what it started.
      String group = "-" + program.process.pid();
      assertThat(new ProcessBuilder("kill", "-INT", "--", group).start().waitFor()).isZero();

      assertThat(program.output.readLine()).isEqualTo("drained");
      program.assertNothingLeft();
    }
  }

  @Test
  void programsThatAreFirstOnTheMachineAtOnceShareOneInstallation(@TempDir Path temporary)
      throws Exception {
    String option = "-Djava.io.tmpdir=" + temporary;
    List<Program> programs = new ArrayList<>();
    List<Process> started = List.of(launch(option), launch(option));
    for (Process process : started) {
      programs.add(new Program(process));
    }
    try {
      assertThat(programs).allMatch(program -> program.hasServer());
      try (Stream<Path> cache =
          Files.list(temporary.resolve("belay-postgres-uid" + Account.uid()))) {
        assertThat(cache.map(path -> path.getFileName().toString()))
            .hasSize(2)
            .contains("lock")
            .doesNotContain("partial");
      }
    } finally {
      for (Program program : programs) {
        program.close();
      }
    }
  }

  private static Process launch(String option) throws IOException {
    return Program.launch(Ending.WAITS, List.of(), List.of(option));
  }

  /** A {@link ServerHolder} that runs. */
  private static final class Program implements AutoCloseable {
    final Process process;
    final BufferedReader output;
    final Path dataFolder;
    private final Optional<ProcessHandle> server;
    private final Optional<ProcessHandle> watchdog;

    Program(Process process) throws IOException {
      this.process = process;
      this.output = process.inputReader();
      this.server = nextProcess();
      this.watchdog = nextProcess();
      this.dataFolder = Path.of(output.readLine());
    }

    static Program start(Ending ending, String... launcher) throws IOException {
      return new Program(launch(ending, List.of(launcher), List.of()));
    }

    static Process launch(Ending ending, List<String> launcher, List<String> options)
        throws IOException {
      List<String> command = new ArrayList<>(launcher);
      if (!launcher.isEmpty()) {
        // A shell's background job hands an ignored SIGINT on to all it starts.
        command.addAll(List.of("env", "--default-signal=INT"));
      }
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
      command.addAll(options);
      command.addAll(List.of("-cp", classPath(), ServerHolder.class.getName(), ending.name()));
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    boolean hasServer() {
      return server.isPresent() && server.get().isAlive();
    }

    /** Waits for the end of the server and of its watchdog, then looks for the data. */
    void assertNothingLeft() throws Exception {
      awaitEnd(server);
      awaitEnd(watchdog);
      assertThat(dataFolder).doesNotExist();
    }

    @Override
    public void close() throws Exception {
      process.destroyForcibly();
      awaitEnd(watchdog);
    }

    /** Reads a process id. A program that ends at once may have taken that process with it. */
    private Optional<ProcessHandle> nextProcess() throws IOException {
      String pid = output.readLine();
      assertThat(pid).as("process id").containsOnlyDigits();
      return ProcessHandle.of(Long.parseLong(pid));
    }

    private static void awaitEnd(Optional<ProcessHandle> process) throws Exception {
      if (process.isPresent()) {
        process.get().onExit().get(60, TimeUnit.SECONDS);
      }
    }

    /** Everything this JVM has on either path: the program is not run as a module. */
    private static String classPath() {
      String own = "ServerHolder.class";
      String file = Objects.requireNonNull(ServerHolder.class.getResource(own)).getPath();
      String packageFolder = ServerHolder.class.getPackageName().replace('.', '/') + "/";
      return Stream.of(
              file.substring(0, file.length() - own.length() - packageFolder.length()),
              System.getProperty("jdk.module.path"),
              System.getProperty("java.class.path"))
          .filter(Objects::nonNull)
          .collect(Collectors.joining(File.pathSeparator));
    }
  }
}
