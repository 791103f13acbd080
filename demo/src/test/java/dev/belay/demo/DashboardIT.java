package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.Context;
import dev.belay.demo.storm.Storm;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the dashboard in demo/grafana asks a real Prometheus for is there. */
@Timeout(240)
class DashboardIT extends EmbeddedShopTesting {
  private static final Path DASHBOARD = Path.of("grafana", "contexts.json");

  @TempDir private Path folder;

  /** A panel and what it asks for. */
  private record Panel(String title, List<String> queries) {
    static Panel of(JsonNode panel) {
      List<String> queries = new ArrayList<>();
      for (JsonNode target : panel.path("targets")) {
        queries.add(target.path("expr").asText().replace("$__rate_interval", "1m"));
      }
      return new Panel(panel.path("title").asText(), queries);
    }

    boolean hasData(Prometheus prometheus) throws InterruptedException {
      for (String query : queries) {
        if (prometheus.series(http, query) > 0) {
          return true;
        }
      }
      return false;
    }
  }

  private static List<Panel> panels() throws Exception {
    List<Panel> panels = new ArrayList<>();
    for (JsonNode panel : new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels")) {
      panels.add(Panel.of(panel));
    }
    return panels;
  }

  @Test
  void eachPanelHasData() throws Exception {
    List<Panel> empty = panels();
    assertThat(empty).hasSizeGreaterThan(5);
    try (var prometheus = new Prometheus(folder, shop.address())) {
      for (int seed = 1; !empty.isEmpty(); seed++) {
        Storm.run(Context.background(), shop, 60, seed, () -> {});
        for (Panel panel : List.copyOf(empty)) {
          if (panel.hasData(prometheus)) {
            empty.remove(panel);
          }
        }
        assertThat(Thread.interrupted()).as("without data: %s", empty).isFalse();
      }
    }
  }

  @Test
  void theMetersAreServedAsPrometheusReadsThem() throws Exception {
    HttpResponse<String> answer = http.send(to("/metrics").build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(answer.body()).contains("belay_contexts_live{root=", "belay_limit_used_percent");
  }
}
