package dev.belay.testkit.contract;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stops a server in a bounded time, so that one which hangs fails its test, and says where.
 *
 * @param server what to stop
 */
record Stopping(ServerUnderTest server) implements AutoCloseable {

  @Override
  public void close() {
    var stopped = new CompletableFuture<Void>();
    Thread thread = new Thread(() -> stop(stopped), "contract-stops-server");
    thread.setDaemon(true);
    thread.start();
    try {
      stopped.get(Visit.PATIENCE.toSeconds(), TimeUnit.SECONDS);
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
