package dev.belay.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A process of {@code peer.js}. Node and grpc-js are the system's. */
final class NodePeer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("dev.belay.grpc");
  private static final String MODULES = "/usr/lib/node_modules:/usr/local/lib/node_modules";

  private final Process process;
  private final BufferedReader lines;

  private NodePeer(Process process) {
    this.process = process;
    this.lines = process.inputReader();
  }

  /** Skips the test, and says so, where there is no grpc-js. */
  static void require() throws InterruptedException {
    boolean found;
    try {
      Process process = node("-e", "require('@grpc/grpc-js')").start();
      found = process.waitFor() == 0;
    } catch (IOException e) {
      found = false;
    }
    if (!found) {
      LOG.log(System.Logger.Level.WARNING, "NOT TESTED WITH GRPC-JS: node does not find it");
      Assumptions.abort("grpc-js is missing");
    }
  }

  private static ProcessBuilder node(String... arguments) {
    var command = new ArrayList<>(List.of("node"));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().merge("NODE_PATH", MODULES, (own, more) -> own + ":" + more);
    return builder;
  }

  /** A client that calls a method of the server at the port. */
  static NodePeer client(int port, String method, String... millis) throws IOException {
    var arguments = new ArrayList<>(List.of("client", Integer.toString(port), method));
    arguments.addAll(List.of(millis));
    return start(arguments);
  }

  /** A server that answers nothing. */
  static NodePeer server() throws IOException {
    return start(List.of("server"));
  }

  private static NodePeer start(List<String> arguments) throws IOException {
    var all = new ArrayList<>(List.of("-e", script()));
    all.addAll(arguments);
    return new NodePeer(node(all.toArray(String[]::new)).start());
  }

  private static String script() throws IOException {
    try (InputStream code = NodePeer.class.getResourceAsStream("peer.js")) {
      return new String(code.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Waits for the next line, which begins with the word; gives the rest. */
  String await(String word) throws IOException {
    String line = lines.readLine();
    assertThat(line).as("what grpc-js says").startsWith(word);
    return line.substring(word.length()).strip();
  }

  /** A client cancels its call. */
  void cancel() throws IOException {
    process.getOutputStream().write("cancel\n".getBytes(StandardCharsets.US_ASCII));
    process.getOutputStream().flush();
  }

  /** As {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
  }

  @Override
  public void close() throws Exception {
    kill();
    process.waitFor();
    lines.close();
    process.getOutputStream().close();
  }
}
