package dev.belay;

import dev.belay.kernel.Require;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Destroys a process and its descendants: asks them to end, then kills those that have not. All in
 * one attempt, which the call waits for: the process itself may end at once and leave children that
 * nothing could find any more.
 */
record DestroyingCanceller(Process process) implements Canceller {
  private static final long GRACE_MILLIS = 2_000;

  DestroyingCanceller {
    Require.argument(process, "process", "pass the process to destroy");
  }

  @Override
  public String resource() {
    return "process " + process.pid();
  }

  /** Ends a read of output that a process which was not found still holds open. */
  @Override
  public void abandoned() {
    for (Closeable stream :
        List.of(process.getInputStream(), process.getErrorStream(), process.getOutputStream())) {
      try {
        stream.close();
      } catch (IOException e) {
        // The stream of a process that has ended.
      }
    }
  }

  @Override
  public void cancel(int attempt) throws InterruptedException {
    List<ProcessHandle> family = family(process.toHandle()).toList();
    if (attempt == 0) {
      family.forEach(ProcessHandle::destroy);
      awaitEnd(family);
    }
    // Again with their descendants: one may have been started meanwhile.
    family.stream().flatMap(DestroyingCanceller::family).forEach(ProcessHandle::destroyForcibly);
  }

  /** The eldest first: a shell whose child has ended goes on to its next command. */
  private static Stream<ProcessHandle> family(ProcessHandle eldest) {
    return Stream.concat(Stream.of(eldest), eldest.descendants());
  }

  private static void awaitEnd(List<ProcessHandle> family) throws InterruptedException {
    try {
      CompletableFuture.allOf(
              family.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(GRACE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // some do not listen
    }
  }
}
