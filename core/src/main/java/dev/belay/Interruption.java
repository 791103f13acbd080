package dev.belay;

import dev.belay.kernel.Names;
import dev.belay.spi.Causes;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import org.jspecify.annotations.Nullable;

/**
 * The canceller of {@link Context#callInterruptibly}: one interrupt, taken back unless the body has
 * used it up. {@link GuardedCall} sees to it that none is under way when the body has returned.
 */
final class Interruption implements Canceller {
  private final Thread thread;

  /** Whether our interrupt was sent. Written and read under the hand-over's lock. */
  private boolean sent;

  Interruption(Thread thread) {
    this.thread = thread;
  }

  @Override
  public void cancel(int attempt) {
    // A thread that is interrupted already is being stopped by other code: the flag is not ours.
    if (!sent && !thread.isInterrupted()) {
      sent = true;
      thread.interrupt();
    }
  }

  @Override
  public boolean explains(Throwable failure) {
    return sent && failure instanceof Exception && explainsInterrupt(failure);
  }

  @Override
  public String resource() {
    return "thread " + Names.quoted(thread.getName());
  }

  /** Whether our interrupt was sent. */
  boolean sent() {
    return sent;
  }

  /** Takes our interrupt back; called on the interrupted thread when none can follow. */
  void takeBack(@Nullable Throwable failure, boolean foreignToo) {
    if (foreignToo) {
      thread.interrupt();
    } else if (sent && !(failure instanceof InterruptedException)) {
      // An InterruptedException has used our interrupt up: a flag that is set now is foreign.
      Thread.interrupted();
    }
  }

  static boolean explainsInterrupt(Throwable failure) {
    return Causes.first(failure, Interruption::isInterrupt) != null;
  }

  private static boolean isInterrupt(Throwable t) {
    return t instanceof InterruptedException
        || t instanceof ClosedByInterruptException
        || t instanceof FileLockInterruptionException
        || (t instanceof InterruptedIOException && !(t instanceof SocketTimeoutException))
        || (t instanceof SocketException && "Closed by interrupt".equals(t.getMessage()));
  }
}
