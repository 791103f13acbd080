package dev.belay.contracts.server;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stops a server in a bounded time, so that one which hangs fails its test, and says where.
 *
 * @param server what to stop
 * @param patience how long it may take
 */
record Stopping(ServerUnderTest server, Duration patience) implements AutoCloseable {

  Stopping(ServerUnderTest server) {
    this(server, Visit.PATIENCE);
  }

  @Override
  public void close() {
    var stopped = new CompletableFuture<Void>();
    Thread thread = new Thread(() -> stop(stopped), "contract-stops-server");
    thread.setDaemon(true);
    thread.start();
    try {
      stopped.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the server does not stop:" + stacks(), e);
    } catch (Exception e) {
      throw new AssertionError("the server does not stop", e);
    }
  }

  private void stop(CompletableFuture<Void> stopped) {
    try {
      server.stop();
      stopped.complete(null);
    } catch (Throwable e) {
      stopped.completeExceptionally(e);
    }
  }

  private static String stacks() {
    var text = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
      text.append(System.lineSeparator()).append(each.getKey());
      for (StackTraceElement frame : each.getValue()) {
        text.append(System.lineSeparator()).append("    at ").append(frame);
      }
    }
    return text.toString();
  }
}
