package dev.belay.kernel;

import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import org.jspecify.annotations.Nullable;

/**
 * A caller's thread while it runs foreign code that the caller knows nothing of, such as a
 * listener. An interrupt that this code sets on its own thread is taken back; one that another
 * thread sends meanwhile is meant for the caller, and stays (R22, R40).
 *
 * <p>The JDK tells the two apart: it closes the interruptible channel in which a thread is when
 * another thread interrupts it, not when the thread does so itself. Where the foreign code uses
 * such a channel too, ours is not told of what comes after: that interrupt is lost, but only if it
 * comes before the foreign code returns.
 *
 * <pre>{@code
 * var caller = BorrowedThread.borrow();
 * try {
 *   listener.on(event);
 * } finally {
 *   caller.giveBack();
 * }
 * }</pre>
 */
public final class BorrowedThread {
  private static final BorrowedThread INTERRUPTED = new BorrowedThread(null);

  /** Null if the thread is interrupted already, and must be so afterwards. */
  private final @Nullable Watch watch;

  private BorrowedThread(@Nullable Watch watch) {
    this.watch = watch;
  }

  /** The calling thread, which is about to call foreign code. */
  public static BorrowedThread borrow() {
    if (Thread.currentThread().isInterrupted()) {
      return INTERRUPTED;
    }
    var watch = new Watch();
    watch.enter();
    return new BorrowedThread(watch);
  }

  /** The foreign code has returned. */
  public void giveBack() {
    Thread self = Thread.currentThread();
    if (watch == null) {
      self.interrupt();
      return;
    }
    boolean left = self.isInterrupted();
    watch.leave();
    if (left && watch.isOpen()) {
      Thread.interrupted();
    }
  }

  /** Closed by the JDK when another thread interrupts the one that is in it. */
  private static final class Watch extends AbstractInterruptibleChannel {
    private void enter() {
      begin();
    }

    private void leave() {
      try {
        end(true);
      } catch (AsynchronousCloseException e) {
        // Interrupted from outside: isOpen() says so.
      }
    }

    @Override
    protected void implCloseChannel() {}
  }
}
