package dev.belay.cli.agent;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.lang.instrument.Instrumentation;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The agent's entry. It stays in the target for its life, and may be of an older version than the
 * command that attaches next: so it only opens the socket and hands over to a {@link Session} of
 * that command's version.
 */
public final class Agent {
  /** Loaded wherever Belay is used. */
  private static final String CORE = "dev.belay.Context";

  private static final String SESSION = "dev.belay.cli.agent.Session";

  private Agent() {}

  /**
   * Called by the JVM, which waits until this returns.
   *
   * @param folder where the agent's jar and the command's socket are
   */
  public static void agentmain(String folder, Instrumentation jvm) throws IOException {
    Path path = Path.of(folder);
    var classes = AgentClasses.read(path.resolve("agent.jar"));
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path.resolve("socket")));
      var thread = new Thread(null, () -> serve(classes, channel, jvm), "belay-inspect", 0, false);
      thread.setDaemon(true);
      thread.setContextClassLoader(null);
      thread.start();
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  private static void serve(AgentClasses classes, SocketChannel channel, Instrumentation jvm) {
    try (channel;
        Writer out =
            new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8)) {
      String request = line(channel);
      List<Class<?>> cores = cores(jvm);
      if (cores.isEmpty()) {
        out.write("!NO_BELAY\n");
      }
      for (Class<?> core : cores) {
        answer(session(classes, core, request, out, jvm), out);
      }
    } catch (IOException e) {
      // The command has left.
    }
  }

  /** Whatever goes wrong is the command's to say, not the target's. */
  private static void answer(Runnable session, Writer out) throws IOException {
    try {
      session.run();
    } catch (RuntimeException | Error e) {
      out.write("!FAILED " + e + "\n");
    }
  }

  private static Runnable session(
      AgentClasses classes, Class<?> core, String request, Writer out, Instrumentation jvm)
      throws IOException {
    try {
      return (Runnable)
          classes
              .beside(core.getClassLoader())
              .loadClass(SESSION)
              .getConstructor(String.class, Writer.class, Instrumentation.class, Class.class)
              .newInstance(request, out, jvm, core);
    } catch (ReflectiveOperationException | LinkageError e) {
      out.write("!OTHER_VERSION " + e + "\n");
      return () -> {};
    }
  }

  /** One for each class loader that has a copy of Belay. */
  private static List<Class<?>> cores(Instrumentation jvm) {
    List<Class<?>> found = new ArrayList<>();
    for (Class<?> each : jvm.getAllLoadedClasses()) {
      if (each.getName().equals(CORE)) {
        found.add(each);
      }
    }
    return found;
  }

  private static String line(SocketChannel channel) throws IOException {
    var in = Channels.newInputStream(channel);
    var line = new StringBuilder();
    for (int c = in.read(); c > 0 && c != '\n'; c = in.read()) {
      line.append((char) c);
    }
    return line.toString();
  }
}
