package dev.belay.contracts.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("process")
class StoppingTest {
  private interface Stop {
    void stop() throws Exception;
  }

  private record Server(Stop how) implements ServerUnderTest {
    @Override
    public int port() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int tlsPort() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void stop() throws Exception {
      how.stop();
    }
  }

  @Test
  void aServerIsStopped() {
    var stopped = new AtomicBoolean();
    new Stopping(new Server(() -> stopped.set(true))).close();
    assertThat(stopped).isTrue();
  }

  @Test
  void aServerThatHangsFailsTheTestAndSaysWhere() {
    var never = new CountDownLatch(1);
    var hangs = new Stopping(new Server(never::await), Duration.ofMillis(50));
    try {
      assertThatThrownBy(hangs::close)
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("does not stop")
          .hasMessageContaining("CountDownLatch.await");
    } finally {
      never.countDown();
    }
  }

  @Test
  void aServerThatFailsToStopFailsTheTest() {
    var failing =
        new Server(
            () -> {
              throw new IOException("busy");
            });
    assertThatThrownBy(() -> new Stopping(failing).close()).hasRootCauseMessage("busy");
  }
}
