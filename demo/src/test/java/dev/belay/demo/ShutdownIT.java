package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real process gets a real signal. */
class ShutdownIT {

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void runningOrdersFinishWithinTheirGrace(String signal) throws Exception {
    try (Program program = Program.start("--port", "0", "--grace", "60")) {
      int port = program.awaitPort();
      try (Socket customer = Program.order(port, "order=2s")) {
        awaitQuery(port);
        program.signal(signal);
        assertThat(Program.answer(customer)).startsWith("HTTP/1.1 201 ");
      }
      assertThat(program.awaitLine("shut down: "))
          .contains("1 finished, 0 cancelled, 0 stuck; 0 mails never started, 0 refused for good")
          .contains("0 orders left to be undone");
      assertThat(program.exitCode()).isZero();
    }
  }

  @Test
  void pastTheGraceOrdersAreCancelledAndUndone() throws Exception {
    try (Program program = Program.start("--port", "0", "--grace", "0")) {
      int port = program.awaitPort();
      try (Socket customer = Program.order(port, "order=60s")) {
        awaitQuery(port);
        program.signal("TERM");
        assertThat(Program.answer(customer))
            .startsWith("HTTP/1.1 503 ")
            .contains("shutting down before the order was confirmed; nothing of it is left");
      }
      program.awaitLine(": stock released");
      program.awaitLine(": charge voided");
      program.awaitLine(": nothing written, no mail");
      assertThat(program.awaitLine("shut down: ")).contains("0 finished, 1 cancelled, 0 stuck");
      assertThat(program.exitCode()).isZero();
    }
  }

  @Test
  void aStartEndsAtOnceAndLeavesNothing() throws Exception {
    try (Program program = Program.start("--port", "0")) {
      program.awaitLine("starting PostgreSQL");
      List<ProcessHandle> started = program.descendants();
      program.signal("TERM");
      assertThat(program.awaitLine("shut down: ")).isNotEmpty();
      assertThat(program.exitCode()).isZero();
      for (ProcessHandle process : started) {
        process.onExit().get(60, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void aStormEndsWithItsSummary() throws Exception {
    try (Program program = Program.start("--storm", "3000")) {
      program.awaitLine("placing 3000 orders");
      program.signal("INT");
      assertThat(program.awaitLine("ended by a signal: "))
          .matches(".*signal: [0-9]+ of 3000 orders were placed.*");
      program.awaitLine("The books balance.");
      assertThat(program.exitCode()).isZero();
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
        products = Program.answer(socket);
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
    try (Program program = Program.start(option)) {
      assertThat(program.rest()).contains("Usage: demo").doesNotContain("\tat ");
      assertThat(program.exitCode()).isEqualTo(2);
    }
  }

  @Test
  void theHelpListsTheExitCodes() throws Exception {
    try (Program program = Program.start("--help")) {
      assertThat(program.rest())
          .contains("--without-contexts")
          .contains("Exit codes:")
          .containsPattern("0 +ended by Ctrl-C or SIGTERM, also while starting");
      assertThat(program.exitCode()).isZero();
    }
  }
}
