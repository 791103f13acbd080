package dev.belay.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A Prometheus of Debian's that scrapes a service each second. */
final class Prometheus implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final int port;

  /** Starts one; where there is none to start, says so loudly and skips the test. */
  Prometheus(Path folder, URI service) throws IOException {
    Path configuration = folder.resolve("prometheus.yml");
    Files.writeString(
        configuration,
        """
        global: {scrape_interval: 1s}
        scrape_configs:
        - job_name: shop
          static_configs: [{targets: ['%s']}]
        """
            .formatted(service.getAuthority()));
    port = freePort();
    process =
        new ProcessBuilder(
                program(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("prometheus.log").toFile())
            .start();
  }

  private static String program() {
    return Stream.of("/usr/bin/prometheus", "/usr/local/bin/prometheus")
        .filter(name -> Files.isExecutable(Path.of(name)))
        .findFirst()
        .orElseGet(Prometheus::missing);
  }

  private static String missing() {
    String missing =
        "SKIPPED: no prometheus here, so the dashboard's queries are not run."
            + " On Debian: apt-get install prometheus";
    System.out.println(missing);
    return Assumptions.abort(missing);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** How many series with a number as their value the query gives now; 0 before it is up. */
  int series(HttpClient http, String query) throws InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/query?query=%s"
                .formatted(port, URLEncoder.encode(query, StandardCharsets.UTF_8)));
    JsonNode answer;
    try {
      answer =
          JSON.readTree(
              http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body());
    } catch (IOException e) {
      if (!process.isAlive()) {
        throw new AssertionError("prometheus has ended: " + process.exitValue(), e);
      }
      return 0;
    }
    if (answer.path("status").asText().equals("error")) {
      throw new AssertionError(query + ": " + answer.path("error").asText());
    }
    int numbers = 0;
    for (JsonNode series : answer.path("data").path("result")) {
      numbers += series.path("value").path(1).asText().equals("NaN") ? 0 : 1;
    }
    return numbers;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
