package dev.belay.jetty;

import dev.belay.http.spi.FarEnd;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadPendingException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * An end point that keeps its interest in reading while a request is handled. What arrives
 * meanwhile is the end of the connection, which it reports to the request's watch, or bytes of the
 * body or of the next request, which it keeps until the connection asks for them. It keeps a
 * bounded number of bytes: once they are full it reads no more, and leaves it to {@link FarEnd} to
 * look behind what is still to be read. After Go's {@code backgroundRead} in {@code net/http}.
 *
 * <p>The wrapped end point only ever holds one callback, {@link Readiness}; {@link #armed} says
 * that it does, or is about to. When it returns it serves {@link #pending}, the callback of the
 * connection, or else reads ahead for the watch. Only one of the two reads at a time, see {@link
 * #reader}; the other finds nothing then, and is served next.
 *
 * <p>The lock guards the fields and nothing else: no code of Jetty's is called under it, and of a
 * watcher only what starts it. Jetty reads under locks of its own and calls back out of reads, so
 * that any order of locks would be wrong.
 */
final class WatchEndPoint extends ForwardingEndPoint {
  private static final int MOST_KEPT = 8 * 1024;

  private enum Reader {
    NONE,
    CONNECTION,
    WATCH
  }

  private final Executor executor;
  private final HeaderTimer headerTimer;
  private final boolean halfCloseIsGone;
  private final Readiness readiness = new Readiness();
  private final FarEnd farEnd;

  private final ReentrantLock lock = new ReentrantLock();
  private Reader reader = Reader.NONE;
  private ByteBuffer kept = BufferUtil.EMPTY_BUFFER;
  private boolean armed;
  private boolean ended;
  private boolean promised; // not to block, for the readiness that comes
  private @Nullable Throwable gone;
  private @Nullable Consumer<Throwable> watcher;
  private volatile @Nullable Callback pending; // written under the lock

  WatchEndPoint(
      EndPoint target, Executor executor, HeaderTimer headerTimer, boolean halfCloseIsGone) {
    super(target);
    this.executor = executor;
    this.headerTimer = headerTimer;
    this.halfCloseIsGone = halfCloseIsGone;
    this.farEnd = new FarEnd(halfCloseIsGone, this::goneBehind);
  }

  /** The end point of an HTTP/1 request, if it came through a {@link WatchEndPoint}. */
  static @Nullable WatchEndPoint of(Request request) {
    var metaData = request.getConnectionMetaData();
    // An HTTP/2 connection that began as HTTP/1.1 still has this end point, for many requests.
    if (metaData.getHttpVersion().getVersion() >= HttpVersion.HTTP_2.getVersion()) {
      return null;
    }
    EndPoint endPoint = metaData.getConnection().getEndPoint();
    while (!(endPoint instanceof WatchEndPoint) && endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    return endPoint instanceof WatchEndPoint watched ? watched : null;
  }

  HeaderTimer headerTimer() {
    return headerTimer;
  }

  // ---- the watch

  /**
   * Notifies {@code newWatcher} if the client goes away, or has gone, before {@link #unwatch}.
   *
   * @param newWatcher is called under a lock: it must only start what is to be done
   */
  void watch(Consumer<Throwable> newWatcher) {
    boolean register;
    boolean far;
    lock.lock();
    try {
      watcher = newWatcher;
      if (gone != null) {
        newWatcher.accept(gone);
      }
      register = arm();
      far = wantsFarEnd();
    } finally {
      lock.unlock();
    }
    register(register);
    if (far) {
      lookAtFarEnd();
    }
  }

  private void lookAtFarEnd() {
    EndPoint socket = socketOf(target);
    farEnd.look(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
  }

  /** The innermost end point, which has the socket's own addresses, not those a proxy has named. */
  static EndPoint socketOf(EndPoint endPoint) {
    EndPoint socket = endPoint;
    while (socket instanceof EndPoint.Wrapper wrapper) {
      socket = wrapper.unwrap();
    }
    return socket;
  }

  /** Stops notifying {@code oldWatcher}; one that has taken its place stays. */
  void unwatch(Consumer<Throwable> oldWatcher) {
    lock.lock();
    try {
      if (oldWatcher.equals(watcher)) {
        watcher = null;
        farEnd.forget();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock: whether {@link FarEnd#look} is to be called once the lock is released. */
  private boolean wantsFarEnd() {
    return watcher != null && !ended && kept.remaining() >= MOST_KEPT && farEnd.want();
  }

  /** What is kept, and what lies behind it, can still be read. */
  private void goneBehind() {
    lock.lock();
    try {
      if (gone == null) {
        gone = new EOFException("the client closed the connection");
        if (watcher != null) {
          watcher.accept(gone);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** The request's body is read: from now on only the watch reads. */
  void bodyRead() {
    boolean register;
    lock.lock();
    try {
      register = arm();
    } finally {
      lock.unlock();
    }
    register(register);
  }

  /** Under the lock: whether {@link #register} is to be called once the lock is released. */
  private boolean arm() {
    boolean wanted = pending != null || (watcher != null && kept.remaining() < MOST_KEPT);
    boolean now = wanted && !armed && !ended && reader != Reader.WATCH;
    armed |= now;
    return now;
  }

  private void register(boolean wanted) {
    if (wanted && !target.tryFillInterested(readiness)) {
      readiness.failed(new ReadPendingException()); // nothing else may use the wrapped end point
    }
  }

  /** Under the lock: there is nothing more to read; {@code why} if the client counts as gone. */
  private void end(@Nullable Throwable why) {
    ended = true;
    if (why != null && gone == null) {
      gone = why;
      if (watcher != null) {
        watcher.accept(why);
      }
    }
  }

  private void endOfInput() {
    end(halfCloseIsGone ? new EOFException("the client closed the connection") : null);
  }

  // ---- what the wrapped end point reports

  private final class Readiness implements Callback {
    @Override
    public void succeeded() {
      ready();
    }

    @Override
    public void failed(Throwable why) {
      unreadable(why);
    }

    @Override
    public InvocationType getInvocationType() {
      lock.lock();
      try {
        Callback waiting = pending;
        if (waiting != null && !promised) {
          return waiting.getInvocationType();
        }
        // Reading ahead does not block: the selector may do it, also when all workers are busy.
        promised = true;
        return InvocationType.NON_BLOCKING;
      } finally {
        lock.unlock();
      }
    }
  }

  private void ready() {
    Callback waiting;
    boolean elsewhere;
    int space;
    lock.lock();
    try {
      armed = false;
      elsewhere = promised;
      promised = false;
      waiting = takePending();
      if (waiting == null) {
        if (watcher == null || reader == Reader.CONNECTION) {
          return; // the connection will ask
        }
        reader = Reader.WATCH;
      }
      space = MOST_KEPT - kept.remaining();
    } finally {
      lock.unlock();
    }
    if (waiting == null) {
      readAhead(BufferUtil.allocate(space), elsewhere);
    } else {
      serve(waiting, elsewhere);
    }
  }

  /** What waits may run a handler: not on the selector's thread, that would stop the server. */
  private void serve(Callback waiting, boolean elsewhere) {
    if (elsewhere && waiting.getInvocationType() != InvocationType.NON_BLOCKING) {
      executor.execute(waiting::succeeded);
    } else {
      waiting.succeeded();
    }
  }

  private @Nullable Callback takePending() {
    Callback waiting = pending;
    pending = null;
    return waiting;
  }

  private void readAhead(ByteBuffer buffer, boolean elsewhere) {
    int count = 0;
    Throwable failure = null;
    try {
      count = halfCloseIsGone ? target.fill(buffer) : HalfClose.fill(target, buffer);
    } catch (IOException | RuntimeException e) {
      failure = e;
    }
    Callback waiting = null;
    boolean register;
    boolean far;
    lock.lock();
    try {
      reader = Reader.NONE;
      if (failure != null) {
        end(failure);
      } else if (count < 0) {
        endOfInput();
      } else if (count > 0) {
        keep(buffer);
      }
      if (hasAnswer()) {
        waiting = takePending(); // asked while this thread was reading
      }
      register = arm();
      far = wantsFarEnd();
    } finally {
      lock.unlock();
    }
    register(register);
    if (far) {
      lookAtFarEnd();
    }
    if (waiting != null) {
      serve(waiting, elsewhere);
    }
  }

  private void keep(ByteBuffer arrived) {
    if (kept.hasRemaining()) {
      ByteBuffer all = ByteBuffer.allocate(kept.remaining() + arrived.remaining());
      kept = all.put(kept).put(arrived).flip();
    } else {
      kept = arrived;
    }
  }

  private void unreadable(Throwable why) {
    boolean idle = why instanceof TimeoutException && target.isOpen();
    Callback waiting;
    boolean register = false;
    lock.lock();
    try {
      armed = false;
      waiting = takePending();
      if (waiting == null) {
        if (idle) {
          register = arm(); // nothing came, which is what a waiting client sends
        } else {
          end(why);
        }
      }
    } finally {
      lock.unlock();
    }
    register(register);
    if (waiting != null) {
      waiting.failed(why);
    }
  }

  // ---- what the connection asks

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    int count = 0;
    boolean mayRead = false;
    lock.lock();
    try {
      if (kept.hasRemaining()) {
        count = BufferUtil.append(buffer, kept);
      } else if (reader == Reader.NONE) {
        reader = Reader.CONNECTION;
        mayRead = true;
      }
    } finally {
      lock.unlock();
    }
    if (mayRead) {
      count = fillDirectly(buffer);
    }
    if (count > 0) {
      headerTimer.bytesArrived();
    }
    return count;
  }

  private int fillDirectly(ByteBuffer buffer) throws IOException {
    int count = 0;
    Throwable failure = null;
    try {
      count = target.fill(buffer);
      return count;
    } catch (IOException | RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      filled(count, failure);
    }
  }

  private void filled(int count, @Nullable Throwable failure) {
    boolean register = false;
    lock.lock();
    try {
      reader = Reader.NONE;
      if (failure != null) {
        end(failure);
      } else if (count < 0) {
        endOfInput();
      } else if (count == 0) {
        register = arm(); // a handler that has read all there was may now do something else
      }
    } finally {
      lock.unlock();
    }
    register(register);
  }

  private boolean hasAnswer() {
    return kept.hasRemaining() || ended;
  }

  @Override
  public void fillInterested(Callback callback) {
    if (!tryFillInterested(callback)) {
      throw new ReadPendingException();
    }
  }

  @Override
  public boolean tryFillInterested(Callback callback) {
    boolean answer;
    boolean register = false;
    lock.lock();
    try {
      if (pending != null) {
        return false;
      }
      answer = hasAnswer();
      if (!answer) {
        pending = callback;
        register = arm();
      }
    } finally {
      lock.unlock();
    }
    register(register);
    if (answer) {
      executor.execute(callback::succeeded);
    }
    return true;
  }

  @Override
  public boolean isFillInterested() {
    return pending != null;
  }
}
