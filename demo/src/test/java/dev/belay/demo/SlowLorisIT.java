package dev.belay.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Clients that send next to nothing for as long as they can. */
class SlowLorisIT extends EmbeddedShopTesting {
  private static final int WANTED = 10_000;

  @Test
  void thousandsOfThemAreCutOffAndNobodyElseSuffers() throws Exception {
    int connections = affordable();
    try (LogCapture log = LogCapture.open();
        Socket halfABody = halfABody()) {
      Process loris = loris(shop.address().getPort(), connections);
      try (BufferedReader out = loris.inputReader()) {
        assertThat(out.readLine()).isEqualTo("open: " + connections);
        for (int i = 0; i < 10; i++) {
          assertThat(order(ORDER).statusCode()).isEqualTo(201);
        }
        assertThat(loris.isAlive()).as("they are still there").isTrue();
        assertThat(out.readLine()).isEqualTo("closed by the server: " + connections);
        assertThat(loris.waitFor()).isZero();
      } finally {
        loris.destroyForcibly();
      }
      String answer = Program.answer(halfABody);
      assertThat(answer).startsWith("HTTP/1.1 408 ");
      assertThat(log.assertExplained(answer)).isEqualTo("the request did not come in time");
    }
  }

  /** More of them than it may have connections: the rest wait until the first are cut off. */
  @Test
  @EnabledIfSystemProperty(named = "belay.demo.storms", matches = ".+")
  void aProgramThatIsShortOfFilesKeepsThoseThatItNeeds() throws Exception {
    try (Program program = Program.startWithFiles(800, "--port", "0")) {
      int port = program.awaitPort();
      Process loris = loris(port, 1_000);
      try (BufferedReader out = loris.inputReader()) {
        assertThat(out.readLine()).isEqualTo("open: 1000");
        try (Socket customer = Program.order(port, "order=0s")) {
          assertThat(Program.answer(customer)).startsWith("HTTP/1.1 201 ");
        }
        assertThat(out.readLine()).isEqualTo("closed by the server: 1000");
      } finally {
        loris.destroyForcibly();
      }
      program.signal("TERM");
      assertThat(program.rest()).contains("shut down: ").doesNotContain("Too many open files");
      assertThat(program.exitCode()).isZero();
    }
  }

  /** The rest of it never comes. */
  private static Socket halfABody() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), shop.address().getPort());
    socket
        .getOutputStream()
        .write(
            ("POST /orders HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer demo\r\n"
                    + "Content-Length: 100\r\n\r\n{\"email\":")
                .getBytes(US_ASCII));
    return socket;
  }

  private static Process loris(int port, int connections) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            SlowLoris.class.getName(),
            Integer.toString(port),
            Integer.toString(connections))
        .redirectErrorStream(true)
        .start();
  }

  /** Each process has one end of every connection, and the JVM raises its limit to the hard one. */
  private static int affordable() {
    int connections = Math.min(WANTED, OpenFiles.forConnections());
    System.out.printf(
        "slow-loris: %d connections; a process may open %d files%n",
        connections, OpenFiles.limit());
    if (connections < WANTED) {
      System.out.printf(
          "SLOW-LORIS SCALED DOWN from %d to %d connections: raise ulimit -Hn%n",
          WANTED, connections);
    }
    return connections;
  }
}
