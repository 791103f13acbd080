package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.cli.Jvm.Answer;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each command against a JVM that has belay-core and nothing else, in which nothing is on. */
class CommandsIT {
  private static Jvm shop;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    String path =
        Jvm.only(ShopProgram.class, folder) + File.pathSeparator + Jvm.pathOf(Context.class);
    shop = Jvm.start(path, ShopProgram.class.getName());
  }

  @AfterAll
  static void stop() throws Exception {
    shop.close();
  }

  static Stream<Attachment> attachments() {
    return Stream.of(new JdkAttachment(), new SocketAttachment());
  }

  @ParameterizedTest
  @MethodSource("attachments")
  void treeShowsContextsAndThreads(Attachment attachment) {
    Answer answer = Jvm.belay(attachment, "tree", shop.pid());
    assertThat(answer.err()).isEmpty();
    assertThat(answer.status()).isZero();
    assertThat(answer.out())
        .containsPattern("shop \\[\\d+\\S* old]")
        .containsPattern("  POST /orders \\[1h0m, 59m\\d+s left] \\{request=r-17}")
        .contains("    - query in a statement: select ? from stock")
        .containsPattern("    - busy in .* at dev.belay.cli.ShopProgram")
        .containsPattern("deaf in .*, although cancelled by the owner of \"GET /left\"")
        .doesNotContain("k7-canary");
  }

  @Test
  void treeIsJsonWhenThatIsAsked() {
    Answer answer = Jvm.belay("tree", "--json", shop.pid());
    assertThat(answer.out())
        .startsWith("{\"format\":1,\"at\":\"")
        .contains("\"subject\":\"select ? from stock\"")
        .contains("\"values\":{\"request\":\"r-17\"}")
        .doesNotContain("k7-canary");
    assertThat(answer.status()).isZero();
  }

  @Test
  void waitsAreGroupedByWhatIsWaitedFor() {
    Answer answer = Jvm.belay("waits", shop.pid());
    assertThat(answer.out())
        .contains("1 in a statement: select ? from stock")
        .containsPattern("query for shop/POST /orders \\{request=r-17}");
    assertThat(Jvm.belay("waits", "--json", shop.pid()).out()).startsWith("{\"format\":1,");
  }

  @Test
  void zombiesAreThreadsUnderAnEndedContext() {
    Answer answer = Jvm.belay("zombies", "--grace", "0.1", shop.pid());
    assertThat(answer.out())
        .contains("deaf still runs for shop/GET /left")
        .contains("client gone")
        .contains("at dev.belay.cli.ShopProgram")
        .doesNotContain("busy still runs");
    assertThat(Jvm.belay("zombies", "--grace=0.1", "--json", shop.pid()).out())
        .contains("\"name\":\"deaf\"");
  }

  @Test
  void diffAndLeaksCompareTwoLooks() {
    for (String command : new String[] {"diff", "leaks"}) {
      Answer answer = Jvm.belay(command, "--for", "0.1", shop.pid());
      assertThat(answer.err()).isEmpty();
      assertThat(answer.out()).containsPattern("\\d+ contexts before, \\d+ now, \\d+ms later");
      assertThat(Jvm.belay(command, "--for=0.1", "--json", shop.pid()).out())
          .startsWith("{\"format\":1,");
    }
  }

  @Test
  void recordWritesAFileOfTheFlightRecorder(@TempDir Path folder) throws Exception {
    var recorded = new CountDownLatch(1);
    Thread steps =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (recorded.getCount() > 0) {
                    shop.step();
                    LockSupport.parkNanos(10_000_000);
                  }
                });
    List<RecordedEvent> ends = Jvm.recorded(shop, folder);
    recorded.countDown();
    steps.join();
    assertThat(ends)
        .allMatch(event -> event.getString("path").endsWith("shop/step"))
        .allMatch(event -> event.getString("story").contains("on purpose"));
    Path file = folder.resolve("0.jfr");
    Answer again = Jvm.belay("record", "--for=1", "--output=" + file, shop.pid());
    assertThat(again.err()).contains("exists already");
    assertThat(again.status()).isEqualTo(2);
  }

  @Test
  void watchPrintsTheTreeUntilItIsInterrupted() throws Exception {
    Process watch = Jvm.command(List.of(), "watch", "--every=0.1", shop.pid());
    try (var out =
        new BufferedReader(new InputStreamReader(watch.getInputStream(), StandardCharsets.UTF_8))) {
      for (int pictures = 0; pictures < 3; ) {
        String line = out.readLine();
        assertThat(line).isNotNull();
        pictures += line.contains("POST /orders") ? 1 : 0;
      }
    } finally {
      watch.destroy();
      watch.waitFor();
    }
    assertThat(Jvm.belay("tree", shop.pid()).status()).isZero();
  }

  @Test
  void psListsIt() {
    assertThat(Jvm.belay("ps").out()).contains(shop.pid() + " ").contains("ShopProgram");
  }
}
