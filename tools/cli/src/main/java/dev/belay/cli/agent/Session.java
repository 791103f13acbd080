package dev.belay.cli.agent;

import dev.belay.inspect.Difference;
import dev.belay.inspect.Leaks;
import dev.belay.inspect.Snapshot;
import dev.belay.inspect.ThreadSource;
import dev.belay.inspect.Waits;
import dev.belay.inspect.Zombies;
import java.io.IOException;
import java.io.Writer;
import java.lang.instrument.Instrumentation;
import java.nio.file.Path;

/** Answers one request, beside one copy of Belay. Made by name in {@link Agent}. */
public final class Session implements Runnable {
  private final Request request;
  private final Writer out;
  private final ThreadSource threads;

  /**
   * A session.
   *
   * @param request a {@link Request} as a line
   * @param out to the command
   * @param core a class of that copy
   */
  public Session(String request, Writer out, Instrumentation jvm, Class<?> core)
      throws IOException {
    this.request = Request.of(request);
    this.out = out;
    this.threads = threads(jvm, core);
  }

  private ThreadSource threads(Instrumentation jvm, Class<?> core) throws IOException {
    try {
      return BoundThreads.in(jvm, core);
    } catch (ReflectiveOperationException | RuntimeException e) {
      out.write("?only threads that wait for an end or in a call are shown: " + e + "\n");
      return ThreadSource.NONE;
    }
  }

  @Override
  public void run() {
    try {
      answer();
    } catch (IOException e) {
      // The command has left.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer() throws IOException, InterruptedException {
    if (request.command() == Request.Command.RECORD) {
      Recorder.record(request.apart(), Path.of(request.file()));
      return;
    }
    Snapshot first = snapshot();
    switch (request.command()) {
      case TREE -> out.write(tree(first));
      case WAITS -> {
        var waits = Waits.of(first);
        write(waits, waits.json());
      }
      case ZOMBIES -> {
        var zombies = Zombies.of(first, later());
        write(zombies, zombies.json());
      }
      case DIFF -> {
        var difference = Difference.between(first, later());
        write(difference, difference.json());
      }
      case LEAKS -> {
        var leaks = Leaks.of(first, later());
        write(leaks, leaks.json());
      }
      case WATCH -> watch(first);
      case RECORD -> throw new AssertionError("takes no snapshot");
    }
  }

  private void write(Object text, String json) throws IOException {
    out.write(request.json() ? json + System.lineSeparator() : text.toString());
  }

  /** Until the command leaves, which a write finds. */
  private void watch(Snapshot first) throws IOException, InterruptedException {
    for (Snapshot now = first; ; now = later()) {
      out.write(tree(now));
      out.write('\f');
      out.flush();
    }
  }

  private String tree(Snapshot of) {
    return request.json() ? of.json() + System.lineSeparator() : of.tree(request.lines());
  }

  private Snapshot later() throws InterruptedException {
    Thread.sleep(request.apart());
    return snapshot();
  }

  private Snapshot snapshot() {
    return Snapshot.take(threads);
  }
}
