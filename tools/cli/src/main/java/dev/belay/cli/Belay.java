package dev.belay.cli;

import dev.belay.cli.agent.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code belay}. */
@Command(
    name = "belay",
    description = "Shows the contexts of a running JVM. Nothing has to be switched on there.",
    mixinStandardHelpOptions = true,
    version = "belay 0.1.0",
    subcommands = GenerateCompletion.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:done",
      "1:a defect of this command",
      "2:wrong usage",
      "3:no such process",
      "4:the process is no JVM, or would not survive the signal that begins the contact",
      "5:the process belongs to another user",
      "6:no belay-core in that JVM",
      "7:that JVM refuses to be attached to",
      "8:the agent does not answer",
      "9:another version of belay-core, which this command does not know"
    })
public final class Belay {
  @Spec private CommandSpec spec = CommandSpec.create();

  private final Attachment attachment;

  Belay(Attachment attachment) {
    this.attachment = attachment;
  }

  /** What all commands that look at a JVM take. */
  static final class Jvm {
    @Parameters(paramLabel = "PID", description = "The process, as belay ps lists it.")
    private long pid;

    @Option(names = "--json", description = "Prints JSON, one document on a line.")
    private boolean json;
  }

  /** The program. */
  public static void main(String[] args) {
    System.exit(command(Attachment.best()).execute(args));
  }

  static CommandLine command(Attachment attachment) {
    return new CommandLine(new Belay(attachment))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Belay::failed);
  }

  private static int failed(Exception e, CommandLine line, CommandLine.ParseResult parsed)
      throws Exception {
    if (e instanceof FailedException failed) {
      line.getErr().println("belay: " + failed.getMessage());
      return failed.failure().status;
    }
    throw e;
  }

  @Command(description = "Lists the JVMs of this user.", mixinStandardHelpOptions = true)
  int ps() {
    Jvms.list(spec.commandLine().getOut());
    return 0;
  }

  @Command(
      description = "Prints the live tree, with the threads that work under each context.",
      mixinStandardHelpOptions = true)
  int tree(
      @Mixin Jvm jvm,
      @Option(
              names = "--lines",
              defaultValue = "1000",
              description = "At most so many lines (${DEFAULT-VALUE}).")
          int lines)
      throws IOException, FailedException {
    return ask(jvm, Request.Command.TREE, lines, 0);
  }

  @Command(
      description = "Prints what threads wait in, the most frequent first.",
      mixinStandardHelpOptions = true)
  int waits(@Mixin Jvm jvm) throws IOException, FailedException {
    return ask(jvm, Request.Command.WAITS, 0, 0);
  }

  @Command(
      description = "Prints threads that still run under a context that has ended.",
      mixinStandardHelpOptions = true)
  int zombies(
      @Mixin Jvm jvm,
      @Option(
              names = "--grace",
              defaultValue = "2",
              description = "For how many seconds they must have done so (${DEFAULT-VALUE}).")
          double grace)
      throws IOException, FailedException {
    return ask(jvm, Request.Command.ZOMBIES, 0, grace);
  }

  @Command(
      description =
          "Prints where contexts were dropped without a close, and where they become more.",
      mixinStandardHelpOptions = true)
  int leaks(@Mixin Jvm jvm, @Mixin Apart apart) throws IOException, FailedException {
    return ask(jvm, Request.Command.LEAKS, 0, apart.seconds);
  }

  @Command(
      description = "Prints what has begun and what has ended between two looks.",
      mixinStandardHelpOptions = true)
  int diff(@Mixin Jvm jvm, @Mixin Apart apart) throws IOException, FailedException {
    return ask(jvm, Request.Command.DIFF, 0, apart.seconds);
  }

  @Command(
      description = "Prints the live tree again and again, until it is interrupted.",
      mixinStandardHelpOptions = true)
  int watch(
      @Mixin Jvm jvm,
      @Option(
              names = "--every",
              defaultValue = "1",
              description = "Seconds between two looks (${DEFAULT-VALUE}).")
          double every,
      @Option(
              names = "--lines",
              defaultValue = "40",
              description = "At most so many lines (${DEFAULT-VALUE}).")
          int lines)
      throws IOException, FailedException {
    return ask(jvm, Request.Command.WATCH, lines, every);
  }

  /** What commands take that look twice. */
  static final class Apart {
    @Option(
        names = "--for",
        defaultValue = "10",
        description = "Seconds between the two looks (${DEFAULT-VALUE}).")
    private double seconds;
  }

  @Command(
      description =
          "Records ends, cancels and problems of contexts, for the JDK's tools jfr and JMC.",
      mixinStandardHelpOptions = true)
  int record(
      @Parameters(paramLabel = "PID", description = "The process, as belay ps lists it.") long pid,
      @Option(
              names = "--for",
              defaultValue = "30",
              description = "For so many seconds (${DEFAULT-VALUE}).")
          double seconds,
      @Option(
              names = "--output",
              paramLabel = "FILE",
              description = "A file that does not exist yet (belay-PID.jfr).")
          @Nullable Path output)
      throws IOException, FailedException {
    Path file = output == null ? Path.of("belay-" + pid + ".jfr") : output;
    if (Files.exists(file)) {
      throw new CommandLine.ParameterException(spec.commandLine(), file + " exists already");
    }
    var request = new Request(Request.Command.RECORD, false, 0, millis(seconds), "");
    PrintWriter out = spec.commandLine().getOut();
    new Conversation(new Target(pid), attachment)
        .record(request, file, out, spec.commandLine().getErr());
    out.println("wrote %s; jfr view dev.belay.ContextEnded %s".formatted(file, file));
    return 0;
  }

  private static Duration millis(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }

  private int ask(Jvm jvm, Request.Command command, int lines, double seconds)
      throws IOException, FailedException {
    PrintWriter out = spec.commandLine().getOut();
    new Conversation(new Target(jvm.pid), attachment)
        .hold(
            new Request(command, jvm.json, lines, millis(seconds), ""),
            out,
            spec.commandLine().getErr());
    return 0;
  }
}
