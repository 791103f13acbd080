package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * All that happens for a customer is one tree of spans, in two servers, in a database and on every
 * thread; with an SDK in the program, and with OpenTelemetry's Java agent.
 */
@Timeout(240)
class NestingIT {
  private static final List<String> PLACES =
      List.of(
          "in a fork",
          "in a reaction",
          "in a helper",
          "in a pool",
          "in a virtual thread",
          "in a started thread",
          "in a shield",
          "interruptibly",
          "by hand",
          "below");

  @Test
  void withAnSdk() throws Exception {
    try (var recording = new Recording();
        var postgres = EmbeddedPostgres.start()) {
      try (var servers =
          new TwoServers(
              postgres,
              recording.sdk,
              database -> StatementSpans.around(database, recording.sdk))) {
        servers.serve();
        servers.leave();
      }
      var trees = new Trees(recording.spans().stream().map(SeenSpan::of).toList());
      assertNested(trees);
      assertLeft(trees);
      assertThat(trees.orphans(trees.of("impatient"))).isEmpty();
    }
  }

  @Test
  void withTheAgent() throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-javaagent:" + System.getProperty("belay.otel.agent"),
                "-Dotel.service.name=two-servers",
                "-Dotel.traces.exporter=logging-otlp",
                "-Dotel.metrics.exporter=none",
                "-Dotel.logs.exporter=none",
                "-cp",
                System.getProperty("java.class.path"),
                TwoServers.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> lines = read(program);
    assertThat(program.waitFor()).as(String.join("\n", lines)).isZero();
    var trees = new Trees(lines.stream().flatMap(line -> SeenSpan.parse(line).stream()).toList());
    assertNested(trees);
    assertLeft(trees);
    // The agent exports no span of a request by the JDK's client that was cancelled.
    assertThat(trees.orphans(trees.of("impatient"))).allMatch(SeenSpan::isServed);
  }

  private static List<String> read(Process program) throws IOException {
    List<String> lines = new ArrayList<>();
    try (var out = program.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    }
    return lines;
  }

  // ---- what both must show

  private static void assertNested(Trees trees) {
    List<SeenSpan> customer = trees.of("customer");
    assertThat(trees.orphans(customer)).isEmpty();
    for (String place : PLACES) {
      assertThat(trees.path(only(customer, named(place)))).as(place).contains("customer", "places");
    }
    List<SeenSpan> queries = customer.stream().filter(named("query")).toList();
    assertThat(queries).hasSize(2);
    assertThat(queries.stream().map(trees::path).flatMap(List::stream))
        .contains("direct", "ask B", "fork");
    List<SeenSpan> statements = customer.stream().filter(SeenSpan::isSql).toList();
    assertThat(statements).hasSizeGreaterThanOrEqualTo(2);
    assertThat(statements)
        .allSatisfy(statement -> assertThat(trees.path(statement)).contains("query"));
  }

  /** The customer who left is in the spans of both servers, and is no error of either. */
  private static void assertLeft(Trees trees) {
    List<SeenSpan> left = trees.of("impatient");
    assertThat(only(left, named("impatient")).end()).isEqualTo("cancelled");
    assertThat(only(left, named("ask B")).end()).isEqualTo("client_gone");
    assertThat(only(left, named("query")).end()).isEqualTo("client_gone");
    assertThat(left.stream().filter(SeenSpan::isServed))
        .hasSize(2)
        .allSatisfy(
            span -> {
              assertThat(span.end()).isEqualTo("client_gone");
              assertThat(span.isError()).isFalse();
            });
    assertThat(left).anySatisfy(span -> assertThat(span.isSql()).isTrue());
  }

  private static Predicate<SeenSpan> named(String name) {
    return span -> span.name().equals(name);
  }

  private static SeenSpan only(List<SeenSpan> spans, Predicate<SeenSpan> which) {
    List<SeenSpan> found = spans.stream().filter(which).toList();
    assertThat(found).as("of %s", spans).hasSize(1);
    return found.getFirst();
  }

  /** Spans by their traces. */
  private static final class Trees {
    private final List<SeenSpan> all;
    private final Map<String, SeenSpan> byId;

    Trees(List<SeenSpan> all) {
      this.all = all;
      this.byId = all.stream().collect(Collectors.toMap(SeenSpan::id, Function.identity()));
    }

    /** The whole trace of the one span of that name. */
    List<SeenSpan> of(String name) {
      String trace = only(all, named(name)).trace();
      return all.stream().filter(span -> span.trace().equals(trace)).toList();
    }

    /** Those whose parent is not there. */
    List<SeenSpan> orphans(List<SeenSpan> spans) {
      Set<String> ids = spans.stream().map(SeenSpan::id).collect(Collectors.toSet());
      return spans.stream()
          .filter(span -> !span.parent().isEmpty() && !ids.contains(span.parent()))
          .toList();
    }

    /** The names of the spans above one. */
    List<String> path(SeenSpan span) {
      List<String> names = new ArrayList<>();
      for (SeenSpan at = byId.get(span.parent()); at != null; at = byId.get(at.parent())) {
        names.add(at.name());
      }
      return names;
    }
  }
}
