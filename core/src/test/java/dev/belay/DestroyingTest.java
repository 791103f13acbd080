package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A process and its descendants end with the context: politely first, then by force. */
class DestroyingTest extends Fixture {

  @Test
  void aProcessIsDestroyed() throws Exception {
    var ctx = root.withCancel();
    Process process = new ProcessBuilder("sh", "-c", "sleep 600 & echo $!; wait").start();
    long child = Long.parseLong(process.inputReader().readLine());
    var handle = ProcessHandle.of(child).orElseThrow();
    ctx.run(
        Canceller.destroying(process),
        c -> {
          ctx.cancel();
          process.waitFor();
        });
    handle.onExit().get();
    assertThat(process.isAlive()).isFalse();
  }

  @Test
  void aProcessThatListensEndsPolitely() throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", "trap 'exit 7' TERM; while :; do sleep 1; done").start();
    destroyWhileItRuns(process);
    assertThat(process.waitFor()).isIn(7, 143);
  }

  @Test
  void aProcessThatDoesNotListenIsKilledWithItsChildren() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "trap '' TERM; sh -c \"trap '' TERM; echo up; while :; do sleep 1; done\"")
            .start();
    process.inputReader().readLine();
    List<ProcessHandle> children = process.descendants().toList();
    assertThat(children).isNotEmpty();
    destroyWhileItRuns(process);
    assertThat(process.waitFor()).isEqualTo(137);
    for (ProcessHandle child : children) {
      child.onExit().join();
    }
  }

  private void destroyWhileItRuns(Process process) {
    CancellableContext ctx = root.withCancel();
    assertThatThrownBy(
            () ->
                ctx.run(
                    Canceller.destroying(process),
                    c -> {
                      ctx.cancel();
                      process.waitFor();
                      throw new InterruptedException("the process has ended");
                    }))
        .isInstanceOf(ContextCancelledException.class);
  }

  @Test
  void theFirstFiveAttemptsArePolite() throws Exception {
    List<String> calls = new ArrayList<>();
    var process =
        new Process() {
          @Override
          public OutputStream getOutputStream() {
            return OutputStream.nullOutputStream();
          }

          @Override
          public InputStream getInputStream() {
            return InputStream.nullInputStream();
          }

          @Override
          public InputStream getErrorStream() {
            return InputStream.nullInputStream();
          }

          @Override
          public int waitFor() {
            return 0;
          }

          @Override
          public int exitValue() {
            return 0;
          }

          @Override
          public void destroy() {}

          @Override
          public ProcessHandle toHandle() {
            return (ProcessHandle)
                Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {ProcessHandle.class},
                    (proxy, method, args) -> calls.add(method.getName()));
          }

          @Override
          public Stream<ProcessHandle> descendants() {
            return Stream.empty();
          }
        };
    Canceller canceller = Canceller.destroying(process);
    for (int attempt = 0; attempt < 7; attempt++) {
      canceller.cancel(attempt);
    }
    assertThat(calls)
        .containsExactly(
            "destroy",
            "destroy",
            "destroy",
            "destroy",
            "destroy",
            "destroyForcibly",
            "destroyForcibly");
  }
}
