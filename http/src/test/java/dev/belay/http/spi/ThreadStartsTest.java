package dev.belay.http.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The HTTP modules start threads through {@code HelperThread} alone, so that none inherits what
 * belongs to a request. Looks at the sources.
 */
class ThreadStartsTest {
  private static final Pattern OTHER_START =
      Pattern.compile(
          "Thread\\s*\\.\\s*(ofVirtual|ofPlatform|startVirtualThread)|new\\s+Thread\\s*\\("
              + "|Executors\\s*\\.|\\bsupplyAsync\\b|\\brunAsync\\b|new\\s+Timer\\s*\\(");

  private static Stream<Path> sources() throws IOException {
    Path root = Path.of("..");
    try (Stream<Path> hosts = Files.list(root.resolve("hosts"))) {
      return Stream.concat(
          Stream.of(
              root.resolve("http"),
              root.resolve("clients/okhttp"),
              root.resolve("clients/apachehttp")),
          hosts.toList().stream());
    }
  }

  private static List<Path> javaFiles(Path module) {
    try (Stream<Path> files = Files.walk(module.resolve("src/main"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Stream<String> otherStarts(Path file) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> !line.strip().startsWith("*") && OTHER_START.matcher(line).find())
          .map(line -> file + ": " + line.strip());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyThreadIsStartedThroughHelperThread() throws Exception {
    List<Path> files =
        sources()
            .filter(module -> Files.isDirectory(module.resolve("src/main")))
            .flatMap(module -> javaFiles(module).stream())
            .toList();
    assertThat(files).hasSizeGreaterThan(40);
    assertThat(files.stream().flatMap(ThreadStartsTest::otherStarts)).isEmpty();
  }

  @Test
  void theScanFindsOtherStarts() {
    for (String start :
        List.of(
            "Thread.ofVirtual().start(x)",
            "new Thread(x)",
            "Thread.startVirtualThread(x)",
            "Executors.newCachedThreadPool()")) {
      assertThat(OTHER_START.matcher(start).find()).as(start).isTrue();
    }
    assertThat(OTHER_START.matcher("HelperThread.start(\"x\", y)").find()).isFalse();
  }
}
