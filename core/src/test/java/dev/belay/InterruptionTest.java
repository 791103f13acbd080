package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** R23: what Java's blocking calls throw when their thread is interrupted. */
class InterruptionTest {

  static Stream<Throwable> interruptions() {
    return Stream.of(
        new InterruptedException(),
        new InterruptedIOException(),
        new ClosedByInterruptException(),
        new FileLockInterruptionException(),
        new SocketException("Closed by interrupt"),
        new UncheckedIOException(new ClosedByInterruptException()));
  }

  @ParameterizedTest
  @MethodSource("interruptions")
  void isAnInterruption(Throwable failure) {
    assertThat(Canceller.isInterruption(failure)).isTrue();
  }

  static Stream<Throwable> others() {
    return Stream.of(
        new IOException("broken pipe"),
        new SocketTimeoutException(),
        new SocketException("Socket closed"),
        new IllegalStateException());
  }

  @ParameterizedTest
  @MethodSource("others")
  void isNoInterruption(Throwable failure) {
    assertThat(Canceller.isInterruption(failure)).isFalse();
  }
}
