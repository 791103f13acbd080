package dev.belay.cli;

import dev.belay.cli.agent.Request;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;

/**
 * One request to the agent and its answer, over a socket in an {@link AgentFolder}, which goes as
 * soon as the agent has connected.
 */
final class Conversation {
  private static final int PATIENCE_MILLIS = 30_000;

  /** Before the next picture of a watch: an empty screen, or just a line on what is none. */
  private static final String CLEAR =
      CommandLine.Help.Ansi.AUTO.enabled() ? "\u001b[H\u001b[2J" : System.lineSeparator();

  private final Target target;
  private final Attachment attachment;

  Conversation(Target target, Attachment attachment) {
    this.target = target;
    this.attachment = attachment;
  }

  /** Asks, and prints the answer. */
  void hold(Request request, PrintWriter out, PrintWriter err) throws IOException, FailedException {
    target.check();
    try (var folder = AgentFolder.in(target.temporary());
        SocketChannel agent = connected(folder)) {
      folder.delete();
      converse(agent, request, out, err);
    }
  }

  /** Has the target record what happens, and moves the recording to {@code file}. */
  void record(Request request, Path file, PrintWriter out, PrintWriter err)
      throws IOException, FailedException {
    target.check();
    try (var folder = AgentFolder.in(target.temporary());
        SocketChannel agent = connected(folder)) {
      converse(agent, request.into(target.asItSees(folder.recording())), out, err);
      Files.copy(folder.recording(), file);
    }
  }

  private void converse(SocketChannel agent, Request request, PrintWriter out, PrintWriter err)
      throws IOException, FailedException {
    agent.write(ByteBuffer.wrap((request.text() + "\n").getBytes(StandardCharsets.UTF_8)));
    var in =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(agent), StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      print(line, out, err);
    }
  }

  private void print(String line, PrintWriter out, PrintWriter err) throws FailedException {
    if (line.startsWith("!NO_BELAY")) {
      throw new FailedException(
          Failure.NO_BELAY,
          "JVM %d has loaded no belay-core: its program uses no contexts, or has not yet"
              .formatted(target.pid()));
    } else if (line.startsWith("!OTHER_VERSION")) {
      throw new FailedException(
          Failure.OTHER_VERSION,
          "JVM %d has another version of belay-core, which this command does not know: %s"
              .formatted(target.pid(), line));
    } else if (line.startsWith("!")) {
      throw new FailedException(
          Failure.NO_ANSWER, "the agent in JVM %d has failed: %s".formatted(target.pid(), line));
    } else if (line.startsWith("?")) {
      err.println("belay: " + line.substring(1));
    } else {
      out.println(line.startsWith("\f") ? CLEAR + line.substring(1) : line);
      out.flush();
    }
  }

  private SocketChannel connected(AgentFolder folder) throws IOException, FailedException {
    try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(folder.socket()));
      attachment.load(target, target.asItSees(folder.jar()), target.asItSees(folder.path()));
      return accepted(server);
    }
  }

  private SocketChannel accepted(ServerSocketChannel server) throws IOException, FailedException {
    server.configureBlocking(false);
    try (var selector = Selector.open()) {
      server.register(selector, SelectionKey.OP_ACCEPT);
      int unused = selector.select(PATIENCE_MILLIS);
      SocketChannel agent = server.accept();
      if (agent == null) {
        throw new FailedException(
            Failure.NO_ANSWER, "the agent in JVM %d does not answer".formatted(target.pid()));
      }
      return agent;
    }
  }
}
