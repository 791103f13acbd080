package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process gets a real signal. */
class ShutdownIT {
  private static final Pattern ADDRESS = Pattern.compile("open at http://127\\.0\\.0\\.1:([0-9]+)");

  private static Process start(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                // A shell's background job hands an ignored SIGINT on to all it starts.
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.belay.demo.OrderServiceMain"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String awaitLine(BufferedReader out, String part) throws IOException {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains(part)) {
        return line;
      }
    }
    throw new AssertionError("the program ended without saying: " + part);
  }

  private static int port(BufferedReader out) throws IOException {
    Matcher address = ADDRESS.matcher(awaitLine(out, "open at"));
    assertThat(address.find()).isTrue();
    return Integer.parseInt(address.group(1));
  }

  private static Socket order(int port, String slow) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    String body = ShopTesting.ORDER;
    socket
        .getOutputStream()
        .write(
            ("POST /orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo\r\n"
                    + "Connection: close\r\nX-Demo-Slow: "
                    + slow
                    + "\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  private static String answer(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void runningOrdersFinishWithinTheirGrace(String signal) throws Exception {
    Process program = start("--port", "0", "--grace", "60");
    try (BufferedReader out = program.inputReader()) {
      int port = port(out);
      try (Socket customer = order(port, "order=2s")) {
        awaitQuery(port);
        new ProcessBuilder("kill", "-" + signal, Long.toString(program.pid())).start().waitFor();
        assertThat(answer(customer)).startsWith("HTTP/1.1 201 ");
      }
      assertThat(awaitLine(out, "shut down: "))
          .contains("1 finished, 0 cancelled, 0 stuck; 0 mails never started");
      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  @Test
  void pastTheGraceOrdersAreCancelledAndUndone() throws Exception {
    Process program = start("--port", "0", "--grace", "0");
    try (BufferedReader out = program.inputReader()) {
      int port = port(out);
      try (Socket customer = order(port, "order=60s")) {
        awaitQuery(port);
        program.toHandle().destroy(); // Process.destroy() would close its output
        assertThat(answer(customer)).startsWith("HTTP/1.1 503 ");
      }
      awaitLine(out, ": stock released");
      awaitLine(out, ": charge voided");
      awaitLine(out, ": nothing written, no mail");
      assertThat(awaitLine(out, "shut down: ")).contains("0 finished, 1 cancelled, 0 stuck");
      assertThat(program.waitFor()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  /**
   * Waits until the program has begun to work on the order: another customer sees it in the stock.
   */
  private static void awaitQuery(int port) throws IOException {
    String products;
    do {
      try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket
            .getOutputStream()
            .write(
                "GET /products?limit=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        products = answer(socket);
      }
    } while (!products.contains("\"stock\":999998"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port=x",
        "--port=99999",
        "--storm=-1",
        "--smtp=nohost",
        "--postgres=x",
        "--nonsense"
      })
  void wrongOptionsAreTold(String option) throws Exception {
    Process program = start(option);
    String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).isEqualTo(2);
    assertThat(said).contains("Usage: demo").doesNotContain("\tat ");
  }
}
