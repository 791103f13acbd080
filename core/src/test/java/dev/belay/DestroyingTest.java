package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A process and its descendants end with the context: politely first, then by force. */
@Tag("process")
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

  @Test
  void aChildThatDoesNotListenIsKilledAlsoWhenItsParentHasGone() throws Exception {
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "trap 'exit 7' TERM; sh -c \"trap '' TERM; echo up; while :; do sleep 1; done\" &"
                    + " while :; do sleep 0.1; done")
            .start();
    process.inputReader().readLine();
    List<ProcessHandle> children = process.descendants().toList();
    destroyWhileItRuns(process);
    assertThat(process.waitFor()).isIn(7, 143);
    for (ProcessHandle child : children) {
      child.onExit().get(20, TimeUnit.SECONDS);
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
}
