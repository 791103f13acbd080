package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.belay.Context;
import dev.belay.cli.Jvm.Answer;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which a JVM cannot be looked at has a sentence and an exit status of its own. */
class FailuresIT {
  @TempDir private Path folder;
  private String shop;
  private String plain;

  @BeforeEach
  void compilePrograms() throws IOException {
    shop =
        Jvm.only(ShopProgram.class, folder.resolve("shop"))
            + File.pathSeparator
            + Jvm.pathOf(Context.class);
    plain = Jvm.only(PlainProgram.class, folder.resolve("plain")).toString();
  }

  static Stream<Attachment> attachments() {
    return Stream.of(new JdkAttachment(), new SocketAttachment());
  }

  private static void assertFails(Answer answer, Failure failure, String... texts) {
    assertThat(answer.err()).contains(texts);
    assertThat(answer.err().lines()).hasSize(1);
    assertThat(answer.out()).isEmpty();
    assertThat(answer.status()).isEqualTo(failure.status);
  }

  private static Answer tree(Attachment attachment, long pid) {
    return Jvm.belay(attachment, "tree", String.valueOf(pid));
  }

  @Test
  void aProcessThatIsNotThere() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();
    assertFails(
        tree(Attachment.best(), gone.pid()), Failure.NO_PROCESS, "there is no process", "belay ps");
  }

  @Test
  void aProcessThatIsNoJvmSurvives() throws Exception {
    Process sleep = new ProcessBuilder("sleep", "600").start();
    try {
      for (Attachment attachment : attachments().toList()) {
        assertFails(tree(attachment, sleep.pid()), Failure.NO_JVM, "is no JVM");
        assertThat(sleep.isAlive()).isTrue();
      }
    } finally {
      sleep.destroyForcibly();
    }
  }

  @Test
  void aJvmThatTheSignalWouldEndSurvives() throws Exception {
    try (Jvm jvm = Jvm.start(shop, ShopProgram.class.getName(), "-Xrs")) {
      for (Attachment attachment : attachments().toList()) {
        assertFails(tree(attachment, jvm.process.pid()), Failure.NO_JVM, "-Xrs");
        assertThat(jvm.process.isAlive()).isTrue();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("attachments")
  void aJvmWithoutBelay(Attachment attachment) throws Exception {
    try (Jvm jvm = Jvm.start(plain, PlainProgram.class.getName())) {
      assertFails(tree(attachment, jvm.process.pid()), Failure.NO_BELAY, "no belay-core");
    }
  }

  @ParameterizedTest
  @MethodSource("attachments")
  void aJvmThatLoadsNoAgents(Attachment attachment) throws Exception {
    try (Jvm jvm = Jvm.start(shop, ShopProgram.class.getName(), "-XX:-EnableDynamicAgentLoading")) {
      assertFails(
          tree(attachment, jvm.process.pid()),
          Failure.REFUSED,
          "refuses the agent",
          "start it with -XX:+EnableDynamicAgentLoading");
    }
  }

  @ParameterizedTest
  @MethodSource("attachments")
  void aJvmThatIsNotToBeAttachedTo(Attachment attachment) throws Exception {
    try (Jvm jvm = Jvm.start(shop, ShopProgram.class.getName(), "-XX:+DisableAttachMechanism")) {
      assertFails(
          tree(attachment, jvm.process.pid()), Failure.REFUSED, "-XX:+DisableAttachMechanism");
    }
  }

  @ParameterizedTest
  @MethodSource("attachments")
  void aJvmWithoutInstrumentation(Attachment attachment) throws Exception {
    Path runtime = folder.resolve("runtime");
    var out = new StringWriter();
    int made =
        ToolProvider.findFirst("jlink")
            .orElseThrow()
            .run(
                new PrintWriter(out),
                new PrintWriter(out),
                "--add-modules=java.base,java.logging",
                "--output=" + runtime);
    assertThat(made).as(out.toString()).isZero();
    try (Jvm jvm = Jvm.startOn(runtime, shop, ShopProgram.class.getName())) {
      assertFails(
          tree(attachment, jvm.process.pid()), Failure.REFUSED, "java.instrument", "runtime image");
    }
  }

  @Test
  void aJvmOfAnotherUser() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    Process other =
        new ProcessBuilder("setpriv", "--reuid=65534", "--clear-groups", "sleep", "600").start();
    try {
      awaitOwner(other.pid());
      assertFails(
          tree(Attachment.best(), other.pid()), Failure.OTHER_USER, "belongs to", "sudo -u");
    } finally {
      other.destroyForcibly();
    }
  }

  private static void awaitOwner(long pid) throws Exception {
    Path proc = Path.of("/proc", String.valueOf(pid));
    while (Files.getOwner(proc).equals(Files.getOwner(Path.of("/proc/self")))) {
      Thread.onSpinWait();
    }
  }

  @Test
  void wrongUsage() {
    Answer answer = Jvm.belay("tree", "x");
    assertThat(answer.err()).contains("'x' is not a long").contains("Usage: belay tree");
    assertThat(answer.status()).isEqualTo(2);
  }

  // ---- what is no failure

  @Test
  void belayInAClassLoaderOfTheApplication() throws Exception {
    String outer = Jvm.only(LoaderProgram.class, folder.resolve("outer")).toString();
    try (Jvm jvm = Jvm.start(outer, LoaderProgram.class.getName(), "-Dinner=" + shop)) {
      Answer answer = tree(Attachment.best(), jvm.process.pid());
      assertThat(answer.err()).isEmpty();
      assertThat(answer.out()).contains("POST /orders").contains("- busy in ");
    }
  }

  @Test
  void aRuntimeWithoutTheModuleToAttach() throws Exception {
    try (Jvm jvm = Jvm.start(shop, ShopProgram.class.getName())) {
      Process command = Jvm.command(List.of("--limit-modules=java.base"), "tree", jvm.pid());
      String out = new String(command.getInputStream().readAllBytes());
      assertThat(command.waitFor()).isZero();
      assertThat(out).contains("POST /orders").contains("- busy in ");
    }
  }

  @Test
  void aJvmInNamespacesOfItsOwn() throws Exception {
    assumeThat(System.getProperty("user.name")).isEqualTo("root");
    // Its own view of processes and of /tmp, as in a container.
    List<String> line = new ArrayList<>();
    line.addAll(List.of("unshare", "--pid", "--fork", "--mount", "--net", "sh", "-c"));
    line.add(
        "mount -t tmpfs tmpfs /tmp && exec %s -cp %s %s"
            .formatted(
                Path.of(System.getProperty("java.home"), "bin", "java"),
                insideOf(shop),
                ShopProgram.class.getName()));
    Process unshare = new ProcessBuilder(line).start();
    try {
      int first = unshare.getInputStream().read();
      assumeThat(first).as("namespaces are allowed here").isEqualTo('r');
      long pid = unshare.children().findFirst().orElseThrow().pid();
      for (Attachment attachment : attachments().toList()) {
        Answer answer = tree(attachment, pid);
        assertThat(answer.err()).isEmpty();
        assertThat(answer.out()).contains("POST /orders").contains("- busy in ");
        try (var files = Files.list(new Target(pid).temporary())) {
          assertThat(files.map(Path::getFileName).map(Path::toString))
              .as("what the command leaves there")
              .noneMatch(name -> name.startsWith("belay-"));
        }
      }
    } finally {
      unshare.descendants().forEach(ProcessHandle::destroyForcibly);
      unshare.destroyForcibly();
    }
  }

  /** The class path where the test's folder is hidden by another /tmp: in the module's folder. */
  private String insideOf(String classPath) throws IOException {
    Path visible = Path.of("target", "namespace-classes").toAbsolutePath();
    Jvm.only(ShopProgram.class, visible);
    return visible + File.pathSeparator + classPath.split(File.pathSeparator)[1];
  }
}
