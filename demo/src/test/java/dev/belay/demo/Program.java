package dev.belay.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The order service as a process of its own, which gets real signals. */
final class Program implements AutoCloseable {
  private static final Pattern ADDRESS = Pattern.compile("open at http://127\\.0\\.0\\.1:([0-9]+)");

  private final Process process;
  private final BufferedReader out;

  private Program(Process process) {
    this.process = process;
    this.out = process.inputReader();
  }

  static Program start(String... arguments) throws IOException {
    return start(List.of(), arguments);
  }

  /** One that may open so many files. */
  static Program startWithFiles(int files, String... arguments) throws IOException {
    return start(List.of("sh", "-c", "ulimit -n " + files + " && exec \"$@\"", "sh"), arguments);
  }

  private static Program start(List<String> launcher, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.addAll(
        List.of(
            // A shell's background job hands an ignored SIGINT on to all it starts.
            "env",
            "--default-signal=INT",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "dev.belay.demo.OrderServiceMain"));
    command.addAll(List.of(arguments));
    return new Program(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** Reads on to the line that has {@code part} in it. */
  String awaitLine(String part) throws IOException {
    var before = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.contains(part)) {
        return line;
      }
      before.append(line).append('\n');
    }
    throw new AssertionError("the program ended without saying: " + part + "\n" + before);
  }

  /** Reads on to where it says that it is open. */
  int awaitPort() throws IOException {
    Matcher address = ADDRESS.matcher(awaitLine("open at"));
    if (!address.find()) {
      throw new AssertionError("no port where it is open");
    }
    return Integer.parseInt(address.group(1));
  }

  /** All that it says until it ends. */
  String rest() throws IOException {
    return String.join("\n", out.lines().toList());
  }

  void signal(String name) throws Exception {
    String pid = Long.toString(process.pid());
    if (new ProcessBuilder("kill", "-" + name, pid).start().waitFor() != 0) {
      throw new AssertionError("no program to send a signal to");
    }
  }

  /** The processes that it has started, and they. */
  List<ProcessHandle> descendants() {
    return process.descendants().toList();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new AssertionError("the program does not end");
    }
    return process.exitValue();
  }

  /** Places an order whose answer is yet to be read. */
  static Socket order(int port, String slow) throws IOException {
    return order(port, slow, ShopTesting.ORDER);
  }

  static Socket order(int port, String slow, String body) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
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

  static String answer(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
