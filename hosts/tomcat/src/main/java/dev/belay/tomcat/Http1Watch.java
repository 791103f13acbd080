package dev.belay.tomcat;

import dev.belay.ContextEndedException;
import dev.belay.http.spi.FarEnd;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SecureNioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.jspecify.annotations.Nullable;

/**
 * Watches the connection of one HTTP/1.1 request. While nothing else reads, what arrives is read
 * ahead into Tomcat's own buffer, where Tomcat finds it: the rest of the body, or the next request.
 * It stops where {@link #AHEAD} bytes are kept; an end behind them is {@link FarEnd}'s to notice.
 *
 * <p>The lock guards the fields below it and Tomcat's read buffer. It is never held while Tomcat
 * blocks.
 */
final class Http1Watch extends TomcatWatch implements InputBuffer, OutputBuffer {
  /** How many bytes are read ahead. */
  static final int AHEAD = 8 * 1024;

  private final ContextNioEndpoint endpoint;
  private final NioSocketWrapper socket;
  private final boolean halfCloseIsGone;
  private final InputBuffer in;
  private final OutputBuffer out;

  private final FarEnd farEnd;

  private final ReentrantLock lock = new ReentrantLock();
  private boolean watching;
  private boolean over;
  private boolean reading;
  private @Nullable ContextEndedException readsFail;
  private @Nullable Throwable cutOff;
  private long readTimeout;

  Http1Watch(
      ContextNioEndpoint endpoint,
      NioSocketWrapper socket,
      boolean halfCloseIsGone,
      Request request,
      Response response) {
    super(request, response);
    this.endpoint = endpoint;
    this.socket = socket;
    this.halfCloseIsGone = halfCloseIsGone;
    this.in = request.getInputBuffer();
    this.out = Internals.outputOf(response);
    this.farEnd = new FarEnd(halfCloseIsGone, this::endedBehind);
  }

  @Override
  void start() {
    request.setInputBuffer(this);
    response.setOutputBuffer(this);
    lock.lock();
    try {
      watching = true;
      readTimeout = socket.getReadTimeout();
      endpoint.add(socket, this);
      look();
    } finally {
      lock.unlock();
    }
  }

  @Override
  void stop() {
    stopLooking();
    request.setInputBuffer(in);
    response.setOutputBuffer(out);
  }

  private void stopLooking() {
    lock.lock();
    try {
      over = true;
      if (watching) {
        watching = false;
        endpoint.remove(socket, this);
        socket.setReadTimeout(readTimeout);
        farEnd.forget();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks the poller, whose own time-out for reads does not concern a request that is handled. */
  private void look() {
    if (cutOff == null) {
      socket.setReadTimeout(-1);
      socket.registerReadInterest();
    }
  }

  /** Runs what reads on Tomcat's part without blocking. */
  boolean exclusively(BooleanSupplier read) {
    lock.lock();
    try {
      return read.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  // ---- what arrives while nothing else reads

  /**
   * There is something to read, or the end.
   *
   * @return whether that concerns this watch, and not Tomcat
   */
  boolean readable() {
    IOException end;
    lock.lock();
    try {
      if (!watching || readsByListener()) {
        return false;
      }
      end = reading || readsFail != null || cutOff != null ? null : readAhead();
    } finally {
      lock.unlock();
    }
    if (end != null) {
      gone(end);
    }
    return true;
  }

  private boolean readsByListener() {
    return request.getReadListener() != null && !request.isFinished();
  }

  /** Reads what there is room for; the answer is what says that the client is gone. */
  private @Nullable IOException readAhead() {
    NioChannel channel = socket.getSocket();
    SocketBufferHandler buffers = socket.getSocketBufferHandler();
    buffers.configureReadBufferForWrite();
    ByteBuffer kept = buffers.getReadBuffer();
    try {
      int count = 1;
      while (count > 0 && hasRoom(kept, channel)) {
        count = channel.read(kept);
      }
      if (count == 0) {
        look();
      } else if (count > 0 && farEnd.want()) {
        farEnd.look(channel().getLocalAddress(), channel().getRemoteAddress());
      }
      return count < 0 ? ifGone(new EOFException("the connection has ended")) : null;
    } catch (IOException e) {
      return ifGone(e);
    }
  }

  private void endedBehind() {
    gone(new EOFException("the connection has ended behind bytes that are not read"));
  }

  private static boolean hasRoom(ByteBuffer kept, NioChannel channel) {
    int least =
        channel instanceof SecureNioChannel tls
            ? tls.getSslEngine().getSession().getApplicationBufferSize()
            : 1;
    return kept.position() < AHEAD && kept.remaining() >= least;
  }

  /** A half-close is one of TLS's {@code close_notify}; below TLS it is a loss. */
  private @Nullable IOException ifGone(IOException end) {
    boolean halfClose =
        socket.getSocket() instanceof SecureNioChannel tls
            ? tls.getSslEngine().isInboundDone()
            : end instanceof EOFException;
    return halfClose && !halfCloseIsGone ? null : end;
  }

  // ---- the body

  @Override
  public int doRead(ApplicationBufferHandler handler) throws IOException {
    lock.lock();
    try {
      failIfEnded();
      reading = true;
      socket.updateLastRead(); // what the poller counts a read's time-out from
      socket.setReadTimeout(readTimeout);
    } finally {
      lock.unlock();
    }
    try {
      return read(in, handler);
    } catch (IOException e) {
      throw readFailed(e);
    } finally {
      lock.lock();
      try {
        reading = false;
        if (watching) {
          look();
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private IOException readFailed(IOException failure) {
    lock.lock();
    try {
      failIfEnded();
    } finally {
      lock.unlock();
    }
    IOException end = ifGone(failure);
    if (end != null) {
      failed(end);
    }
    return failure;
  }

  /** A body that is not to be read is not swallowed either. */
  private void failIfEnded() {
    ContextEndedException ended = readsFail;
    if (ended != null) {
      request.action(ActionCode.DISABLE_SWALLOW_INPUT, null);
      throw ended; // unchecked: for an IOException Tomcat would answer 400
    }
  }

  /** Ends the input of the socket for a reader that waits. */
  @Override
  public void failReads(ContextEndedException ended) {
    lock.lock();
    try {
      readsFail = ended;
      if (reading && !over) {
        channel().shutdownInput();
      }
    } catch (IOException e) {
      // Closed already, which the reader finds, too.
    } finally {
      lock.unlock();
    }
    Internals.wake(socket);
  }

  @Override
  public int available() {
    return in.available();
  }

  // ---- the response

  @Override
  public int doWrite(ByteBuffer chunk) throws IOException {
    failIfCutOff();
    if (isLast(chunk)) {
      stopLooking(); // a client may leave with its answer
    }
    try {
      return write(out, chunk);
    } catch (IOException e) {
      failIfCutOff();
      failed(e);
      throw e;
    }
  }

  private boolean isLast(ByteBuffer chunk) {
    long length = response.getContentLengthLong();
    return length >= 0 && out.getBytesWritten() + chunk.remaining() >= length;
  }

  @Override
  boolean isComplete() {
    lock.lock();
    try {
      return over || super.isComplete();
    } finally {
      lock.unlock();
    }
  }

  private void failIfCutOff() throws IOException {
    lock.lock();
    try {
      if (cutOff != null) {
        throw new IOException(cutOff.getMessage(), cutOff);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long getBytesWritten() {
    return out.getBytesWritten();
  }

  /**
   * Resets the connection. While no thread of Tomcat's is with an asynchronous request, that is
   * Tomcat's to do: it has the request's error handled, and closes the socket.
   */
  @Override
  public void cutOff(Throwable why) {
    boolean async = isAsync();
    lock.lock();
    try {
      if (cutOff != null || isComplete()) {
        return;
      }
      cutOff = why;
      channel().setOption(StandardSocketOptions.SO_LINGER, 0);
      if (async) {
        channel().shutdownOutput();
      } else {
        channel().close();
        socket.getPoller().getSelector().wakeup(); // which lets go of it
      }
    } catch (IOException | UnsupportedOperationException e) {
      // Closed already, or a socket of another family, which Tomcat closes at the request's end.
    } finally {
      lock.unlock();
    }
    Internals.wake(socket);
    if (async) {
      endpoint.processSocket(socket, SocketEvent.ERROR, true);
    }
  }

  private SocketChannel channel() {
    return socket.getSocket().getIOChannel();
  }
}
