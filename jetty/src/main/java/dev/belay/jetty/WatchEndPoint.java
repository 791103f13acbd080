package dev.belay.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * An end point that keeps its interest in reading while a request is handled. What arrives
 * meanwhile is the end of the connection, which it tells, or bytes of the body or of the next
 * request, which it keeps until the connection asks for them. It keeps a bounded number of bytes:
 * once they are full it stops looking until some are taken.
 *
 * <p>The wrapped end point takes one interested callback at a time. Whoever asks second, the
 * connection or the watch, finds the other's: {@link #armed} says that the watch's is down there,
 * and {@link #pending} is the connection's, served when the watch's returns. One lock guards all
 * fields; no callback and no watcher runs under it. After Go's {@code backgroundRead} in {@code
 * net/http}.
 */
final class WatchEndPoint extends ForwardingEndPoint {
  private static final int MOST_KEPT = 8192;

  private final Executor executor;
  private final HeaderTimer headerTimer;
  private final boolean halfCloseIsGone;

  private final ReentrantLock lock = new ReentrantLock();
  private ByteBuffer kept = BufferUtil.EMPTY_BUFFER;
  private boolean armed;
  private boolean ended;
  private volatile boolean handling;
  private @Nullable IOException failure;
  private @Nullable Callback pending;
  private @Nullable Consumer<Throwable> watcher;

  WatchEndPoint(
      EndPoint target, Executor executor, HeaderTimer headerTimer, boolean halfCloseIsGone) {
    super(target);
    this.executor = executor;
    this.headerTimer = headerTimer;
    this.halfCloseIsGone = halfCloseIsGone;
  }

  // ---- the watch

  /** Tells {@code onGone} once if the client goes away, or has gone, before {@link #unwatch}. */
  void watch(Consumer<Throwable> onGone) {
    Throwable gone;
    lock.lock();
    try {
      gone = failure != null ? failure : ended && halfCloseIsGone ? ClientWatch.closed() : null;
      if (gone == null) {
        watcher = onGone;
        arm();
      }
    } finally {
      lock.unlock();
    }
    if (gone != null) {
      onGone.accept(gone);
    }
  }

  void unwatch() {
    lock.lock();
    try {
      watcher = null;
    } finally {
      lock.unlock();
    }
  }

  /** A request's header is complete: what is read from now on is its body. */
  void requestBegins() {
    headerTimer.stop();
    handling = true;
  }

  /** The request is answered: what is read from now on is the next one's header. */
  void requestEnds() {
    handling = false;
  }

  private void arm() {
    if (!armed
        && pending == null
        && watcher != null
        && !ended
        && failure == null
        && kept.remaining() < MOST_KEPT) {
      armed = target.tryFillInterested(new Watching());
    }
  }

  /** The watch's own interest. */
  private final class Watching implements Callback {
    @Override
    public void succeeded() {
      readable();
    }

    @Override
    public void failed(Throwable why) {
      unreadable(why);
    }

    @Override
    public InvocationType getInvocationType() {
      // What is pending may run a whole handler: never on the selector's thread.
      return InvocationType.BLOCKING;
    }
  }

  private void readable() {
    Callback waiting;
    Consumer<Throwable> told = null;
    Throwable gone = null;
    lock.lock();
    try {
      armed = false;
      waiting = pending;
      pending = null;
      if (waiting == null && watcher != null) {
        gone = look();
        if (gone != null) {
          told = watcher;
          watcher = null;
        } else {
          arm();
        }
      }
    } finally {
      lock.unlock();
    }
    if (waiting != null) {
      waiting.succeeded();
    } else if (told != null && gone != null) {
      told.accept(gone);
    }
  }

  /** Reads what has arrived; the answer is why the client counts as gone, if it does. */
  private @Nullable Throwable look() {
    ByteBuffer arrived = BufferUtil.allocate(MOST_KEPT - kept.remaining());
    try {
      int count = target.fill(arrived);
      if (count < 0) {
        ended = true;
        return halfCloseIsGone ? ClientWatch.closed() : null;
      }
      if (count > 0) {
        keep(arrived);
      }
      return null;
    } catch (IOException e) {
      failure = e;
      return e;
    }
  }

  private void keep(ByteBuffer arrived) {
    ByteBuffer all = ByteBuffer.allocate(kept.remaining() + arrived.remaining());
    all.put(kept).put(arrived).flip();
    kept = all;
  }

  private void unreadable(Throwable why) {
    Callback waiting;
    Consumer<Throwable> told = null;
    lock.lock();
    try {
      armed = false;
      waiting = pending;
      pending = null;
      if (waiting == null) {
        if (why instanceof TimeoutException) {
          arm(); // the idle time-out: nothing came, which is what a waiting client sends
        } else {
          failure = why instanceof IOException e ? e : new IOException(why);
          told = watcher;
          watcher = null;
        }
      }
    } finally {
      lock.unlock();
    }
    if (waiting != null) {
      waiting.failed(why);
    } else if (told != null) {
      told.accept(why);
    }
  }

  // ---- the connection's side

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int count;
    Consumer<Throwable> told = null;
    lock.lock();
    try {
      count = kept.hasRemaining() ? fillFromKept(buffer) : fillFromTarget(buffer);
      if (count < 0 && halfCloseIsGone) {
        told = watcher;
        watcher = null;
      }
      // The connection may have been served by the watch's interest: there is none any more.
      arm();
    } finally {
      lock.unlock();
    }
    if (count > 0 && !handling) {
      headerTimer.bytesArrived();
    }
    if (told != null) {
      told.accept(ClientWatch.closed());
    }
    return count;
  }

  private int fillFromKept(ByteBuffer buffer) {
    int position = BufferUtil.flipToFill(buffer);
    int count = BufferUtil.put(kept, buffer);
    BufferUtil.flipToFlush(buffer, position);
    return count;
  }

  private int fillFromTarget(ByteBuffer buffer) throws IOException {
    if (failure != null) {
      throw new IOException(failure);
    }
    int count = ended ? -1 : target.fill(buffer);
    ended = count < 0;
    return count;
  }

  private boolean hasAnswer() {
    return kept.hasRemaining() || ended || failure != null;
  }

  @Override
  public void fillInterested(Callback callback) {
    if (!tryFillInterested(callback)) {
      throw new ReadPendingException();
    }
  }

  @Override
  public boolean tryFillInterested(Callback callback) {
    lock.lock();
    try {
      if (!hasAnswer()) {
        if (!armed) {
          return target.tryFillInterested(callback);
        }
        if (pending != null) {
          return false;
        }
        pending = callback;
        return true;
      }
    } finally {
      lock.unlock();
    }
    executor.execute(callback::succeeded);
    return true;
  }

  @Override
  public boolean isFillInterested() {
    lock.lock();
    try {
      return pending != null || (!armed && target.isFillInterested());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void onClose(Throwable cause) {
    headerTimer.stop();
    super.onClose(cause);
  }

  @Override
  public void close(@Nullable Throwable cause) {
    headerTimer.stop();
    super.close(cause);
  }
}
