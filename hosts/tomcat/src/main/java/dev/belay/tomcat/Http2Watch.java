package dev.belay.tomcat;

import dev.belay.ContextEndedException;
import jakarta.servlet.RequestDispatcher;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * Watches one HTTP/2 stream, whose handler reports. A read of the body waits here, and not in
 * Tomcat, where nothing but the client could end it.
 */
final class Http2Watch extends TomcatWatch implements InputBuffer, OutputBuffer {
  private final Http2Handler connection;
  private final int stream;
  private final InputBuffer in;
  private final OutputBuffer out;

  private final InputBuffer waiting = new Waiting();

  /** Gets a permit whenever a reader is to look again. */
  private final Semaphore arrivals = new Semaphore(0);

  private volatile @Nullable ContextEndedException readsFail;
  private volatile boolean cutOff;

  Http2Watch(Http2Handler connection, int stream, Request request, Response response) {
    super(request, response);
    this.connection = connection;
    this.stream = stream;
    this.in = request.getInputBuffer();
    this.out = Internals.outputOf(response);
  }

  /** A reset that came before the request did is left in an attribute by Tomcat. */
  @Override
  void start() {
    request.setInputBuffer(this);
    response.setOutputBuffer(this);
    if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof Throwable early) {
      gone(early);
    }
  }

  @Override
  void stop() {
    connection.streams().remove(stream);
    request.setInputBuffer(in);
    response.setOutputBuffer(out);
    if (cutOff) {
      response.action(ActionCode.CLOSE_NOW, null); // Tomcat resets the stream
    }
  }

  // ---- the body

  void arrived() {
    arrivals.release();
  }

  @Override
  public int doRead(ApplicationBufferHandler handler) throws IOException {
    return read(waiting, handler);
  }

  /** Tomcat's own buffer behind the wait for what comes. */
  private final class Waiting implements InputBuffer {
    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
      awaitReadable();
      try {
        return in.doRead(handler);
      } catch (IOException e) {
        failed(e);
        throw e;
      }
    }

    @Override
    public int available() {
      return in.available();
    }
  }

  private void awaitReadable() throws IOException {
    long timeout = connection.streamReadTimeout();
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeout);
    arrivals.drainPermits();
    while (!isReadable()) {
      try {
        if (timeout < 0) {
          arrivals.acquire();
        } else if (!arrivals.tryAcquire(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          response.action(ActionCode.CLOSE_NOW, null);
          throw new SocketTimeoutException("no part of the body for " + timeout + " ms");
        }
      } catch (InterruptedException e) {
        throw new IOException(e); // as Tomcat does where it waits
      }
      arrivals.drainPermits();
    }
  }

  /** Also when waiting longer would bring nothing: Tomcat says then what is wrong. */
  private boolean isReadable() {
    ContextEndedException ended = readsFail;
    if (ended != null) {
      throw ended; // unchecked: for an IOException Tomcat would answer 400
    }
    return in.available() > 0 || hasGone() || cutOff || request.isFinished();
  }

  @Override
  public void failReads(ContextEndedException ended) {
    readsFail = ended;
    arrived();
  }

  @Override
  public int available() {
    return in.available();
  }

  // ---- the response

  @Override
  public int doWrite(ByteBuffer chunk) throws IOException {
    return write(out, chunk);
  }

  @Override
  public long getBytesWritten() {
    return out.getBytesWritten();
  }

  @Override
  public void cutOff(Throwable why) {
    if (!cutOff && !isComplete()) {
      cutOff = true;
      connection.cutOff(stream);
      arrived();
    }
  }
}
