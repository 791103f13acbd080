package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.Permits;
import dev.belay.testkit.Attempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the threads of this module have of the caller they work for (R38, R39): what the installed
 * carriers copy, and nothing that is inheritable. Each place that starts one has a test here.
 */
class HelperThreadsTest {
  /** Where threads are started, and how often: a new place needs a test below, and a count here. */
  private static final Map<String, Integer> PLACES =
      Map.of("HelperCall.java", 2, "InterruptWatch.java", 1);

  private static final Pattern HELPER = Pattern.compile("HelperThread\\.\\w+\\(");

  /** The other ways in which the JDK starts a thread, or has a task run by one. */
  private static final Pattern OTHER =
      Pattern.compile(
          "\\bnew Thread\\(|\\bThread\\.(of|start|Builder)|Executors?\\.|ExecutorService|ForkJoinPool"
              + "|Async\\(|new Timer\\(|\\.parallel|time\\(\\)\\.start|StructuredTaskScope");

  private static final ThreadLocal<String> CARRIED = new ThreadLocal<>();
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  private final ContextCarrier carrier =
      () -> {
        String captured = CARRIED.get();
        return () -> {
          String before = CARRIED.get();
          CARRIED.set(captured);
          return () -> CARRIED.set(before);
        };
      };

  @BeforeEach
  void install() {
    ContextCarriers.install(carrier);
  }

  @AfterEach
  void remove() {
    ContextCarriers.remove(carrier);
  }

  private static String seen() {
    return CARRIED.get() + " " + INHERITABLE.get();
  }

  private static <T> Attempt<T> as(String name, On on, Callable<T> body) {
    return on.start(
        () -> {
          CARRIED.set(name);
          INHERITABLE.set(name);
          return body.call();
        });
  }

  /** What a driver's methods saw on the threads that called them; each is recorded once. */
  private static final class Calls {
    private final Map<String, CompletableFuture<String>> seen =
        Map.of(
            "getConnection", new CompletableFuture<>(),
            "execute", new CompletableFuture<>(),
            "cancel", new CompletableFuture<>(),
            "abort", new CompletableFuture<>(),
            "close", new CompletableFuture<>());
    final CountDownLatch executing = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final String releasedBy;

    /** The statement waits for a call of that method. */
    Calls(String releasedBy) {
      this.releasedBy = releasedBy;
    }

    void record(String method) {
      CompletableFuture<String> first = seen.get(method);
      if (first != null) {
        first.complete(seen());
      }
      if (method.equals(releasedBy)) {
        release.countDown();
      }
    }

    String at(String method) throws Exception {
      return seen.get(method).get(20, TimeUnit.SECONDS);
    }

    Connection connect() {
      record("getConnection");
      return Stubs.of(
          Connection.class,
          (proxy, method, arguments) -> {
            record(method.getName());
            return switch (method.getName()) {
              case "createStatement" -> statement();
              case "getAutoCommit", "isValid" -> true;
              case "getMetaData" ->
                  Stubs.of(DatabaseMetaData.class, (self, asked, with) -> Stubs.nothing(asked));
              default -> Stubs.nothing(method);
            };
          });
    }

    private Statement statement() {
      return Stubs.of(
          Statement.class,
          (proxy, method, arguments) -> {
            record(method.getName());
            if (method.getName().equals("execute")) {
              executing.countDown();
              awaitDeaf(release);
              throw new SQLException("stopped");
            }
            return Stubs.nothing(method);
          });
    }

    /** As a socket: leaves an interrupt as it is, and does not end with it. */
    private static void awaitDeaf(CountDownLatch latch) {
      while (latch.getCount() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  private static Void execute(Calls calls, Context ctx, Duration patience) throws SQLException {
    var source = ContextDataSource.wrap(Stubs.source(calls::connect), patience);
    try (Connection connection = source.connection(ctx);
        Statement statement = connection.createStatement()) {
      statement.execute("wait");
      return null;
    }
  }

  @Test
  void everyPlaceThatStartsAThreadIsVisitedHere() throws IOException {
    var places = new TreeMap<String, Integer>();
    var others = new TreeMap<String, String>();
    eachSource(
        (file) -> {
          String text = read(file);
          String name = file.getFileName().toString();
          int count = (int) HELPER.matcher(text).results().count();
          if (count > 0) {
            places.put(name, count);
          }
          OTHER.matcher(text).results().forEach(found -> others.put(name, found.group()));
        });
    assertThat(others).as("threads that are not started by HelperThread").isEmpty();
    assertThat(places).containsExactlyInAnyOrderEntriesOf(PLACES);
  }

  private static void eachSource(Consumer<Path> action) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      files.filter(file -> file.toString().endsWith(".java")).forEach(action);
    }
  }

  /** Without comments, which name threads too. */
  private static String read(Path file) {
    try {
      return Files.readString(file).replaceAll("(?s)/\\*.*?\\*/|//[^\\n]*", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aCallOfTheDriverAndItsCancel(CancellableContext root) throws Exception {
    var calls = new Calls("cancel");
    var attempt = as("alice", On.VIRTUAL, () -> execute(calls, root, Duration.ofSeconds(20)));
    calls.executing.await();
    root.cancel();
    assertThat(attempt.failure()).isInstanceOf(SQLException.class);
    assertThat(calls.at("execute")).isEqualTo("alice null");
    assertThat(calls.at("cancel")).isEqualTo("alice null");
    assertThat(calls.at("abort")).as("the discarded connection").isEqualTo("alice null");
  }

  @Test
  void aCallOnAPlatformThread(Context root) throws Exception {
    var attempt =
        as(
            "alice",
            On.VIRTUAL,
            () ->
                HelperCall.start(Place.PLATFORM_THREAD, root, HelperThreadsTest::seen)
                    .await(() -> {}));
    assertThat(attempt.result()).isEqualTo("alice null");
  }

  @Test
  void theWaitForAConnectionAndTheReturnOfALateOne(CancellableContext root) throws Exception {
    var calls = new Calls("none");
    var asked = new CountDownLatch(1);
    var lend = new CountDownLatch(1);
    var attempt =
        as(
            "alice",
            On.PLATFORM,
            () ->
                ConnectionWait.await(
                    root,
                    new PlainPool(Stubs.source(() -> null), true),
                    new Permits(() -> 1),
                    Duration.ofMinutes(1),
                    () -> {
                      asked.countDown();
                      Calls.awaitDeaf(lend);
                      return calls.connect();
                    }));
    asked.await();
    root.cancel();
    assertThat(attempt.failure()).isInstanceOf(SQLException.class);
    lend.countDown();
    assertThat(calls.at("getConnection")).isEqualTo("alice null");
    assertThat(calls.at("close")).isEqualTo("alice null");
  }

  @Test
  void aConnectionWhoseCallDoesNotReturnIsAbandoned(CancellableContext root) throws Exception {
    var calls = new Calls("abort");
    var attempt = as("alice", On.PLATFORM, () -> execute(calls, root, Duration.ofMillis(1)));
    calls.executing.await();
    root.cancel();
    assertThat(attempt.failure()).isInstanceOf(SQLException.class);
    assertThat(calls.at("abort")).isEqualTo("alice null");
  }

  @Test
  void theWatchOfInterruptsReactsForEachCallerWithWhatThatHas() throws Exception {
    for (String name : new String[] {"alice", "bob"}) {
      var reacted = new CompletableFuture<String>();
      var inside = new CountDownLatch(1);
      var attempt =
          as(
              name,
              On.PLATFORM,
              () ->
                  InterruptWatch.during(
                      () -> {
                        inside.countDown();
                        while (!reacted.isDone()) {
                          Thread.onSpinWait();
                        }
                        return null;
                      },
                      () -> reacted.complete(seen())));
      inside.await();
      attempt.interrupt();
      attempt.result();
      assertThat(reacted.get()).isEqualTo(name + " null");
    }
  }
}
