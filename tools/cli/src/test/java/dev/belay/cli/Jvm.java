package dev.belay.cli;

import dev.belay.inspect.Snapshot;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import picocli.CommandLine;

/** A JVM of its own, and what {@code belay} says of it. */
final class Jvm implements AutoCloseable {
  final Process process;

  /** What a command printed, and its exit status. */
  record Answer(int status, String out, String err) {}

  private Jvm(Process process) {
    this.process = process;
  }

  /** Starts {@code program} on a class path, and waits until it prints a line. */
  static Jvm start(String classPath, String program, String... options) throws IOException {
    return startOn(Path.of(System.getProperty("java.home")), classPath, program, options);
  }

  /** Starts it with one argument. */
  static Jvm run(String classPath, String program, String argument) throws IOException {
    return started(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath,
            program,
            argument));
  }

  /** Starts it on the runtime in {@code home}. */
  static Jvm startOn(Path home, String classPath, String program, String... options)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(home.resolve("bin").resolve("java").toString());
    line.addAll(List.of(options));
    line.addAll(List.of("-cp", classPath, program));
    return started(line);
  }

  private static Jvm started(List<String> line) throws IOException {
    Process process =
        new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String ready = out.readLine();
    if (!"ready".equals(ready)) {
      process.destroyForcibly();
      throw new IOException(line + " has not started: " + ready);
    }
    return new Jvm(process);
  }

  /** Where {@code type} was loaded from. */
  static String pathOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  /** A folder with the classes of one test program, and nothing else of this module. */
  static Path only(Class<?> program, Path folder) throws IOException {
    Path tests = Path.of(pathOf(program));
    String name = program.getName().replace('.', '/');
    Path target = folder.resolve(name).getParent();
    Files.createDirectories(target);
    try (var classes = Files.list(tests.resolve(name).getParent())) {
      for (Path each : classes.toList()) {
        String file = each.getFileName().toString();
        if (file.equals(program.getSimpleName() + ".class")
            || file.startsWith(program.getSimpleName() + "$")) {
          Files.copy(each, target.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    return folder;
  }

  String pid() {
    return String.valueOf(process.pid());
  }

  /** Makes the program do one more step. */
  void step() {
    try {
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Answer belay(String... args) {
    return belay(Attachment.best(), args);
  }

  /** Asks again until the answer has {@code pattern}: what is seen needs a moment to get there. */
  static String belayUntil(String pattern, String... args) {
    Answer answer = belay(args);
    while (!Pattern.compile(pattern).matcher(answer.out()).find()) {
      if (answer.status() != 0 || Thread.currentThread().isInterrupted()) {
        throw new AssertionError("no " + pattern + " in " + answer);
      }
      answer = belay(args);
    }
    return answer.out();
  }

  /** The ends of contexts in {@code target} while it was recorded: at least one. */
  static List<RecordedEvent> recorded(Jvm target, Path folder) throws IOException {
    List<RecordedEvent> ends = List.of();
    for (int i = 0; ends.isEmpty(); i++) {
      Path file = folder.resolve(i + ".jfr");
      Answer answer = belay("record", "--for=1", "--output=" + file, target.pid());
      if (answer.status() != 0 || Thread.currentThread().isInterrupted()) {
        throw new AssertionError(answer);
      }
      ends =
          RecordingFile.readAllEvents(file).stream()
              .filter(event -> event.getEventType().getName().equals("dev.belay.ContextEnded"))
              .toList();
    }
    return ends;
  }

  static Answer belay(Attachment attachment, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        Belay.command(attachment)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(args);
    return new Answer(status, out.toString(), err.toString());
  }

  /** The command in a process of its own. */
  static Process command(List<String> options, String... args) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(
        List.of(
            "-cp",
            String.join(
                File.pathSeparator,
                pathOf(Belay.class),
                pathOf(Snapshot.class),
                pathOf(CommandLine.class)),
            "dev.belay.cli.Belay"));
    line.addAll(List.of(args));
    return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
