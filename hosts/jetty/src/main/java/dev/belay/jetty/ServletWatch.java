package dev.belay.jetty;

import dev.belay.ContextEndedException;
import dev.belay.http.spi.ClientLimits;
import dev.belay.http.spi.ClientWatch;
import dev.belay.spi.HelperThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Jetty's watch for one request of a servlet, which reads and writes through it. */
final class ServletWatch implements ClientWatch {
  private final Request request;
  private final RequestWatch watch;
  private final Reading reading;
  private final Writing writing;
  private volatile @Nullable ClientLimits limits;
  private volatile @Nullable ContextEndedException readsFail;
  private volatile @Nullable Throwable cutOff;

  ServletWatch(Request request, Response response) {
    this.request = request;
    this.watch = RequestWatch.of(request);
    this.reading = new Reading(request);
    this.writing = new Writing(reading, response);
    watch.keepWhileIdle();
  }

  Request request() {
    return reading;
  }

  Response response() {
    return writing;
  }

  @Override
  public void begin(Consumer<Throwable> onGone, ClientLimits limits) {
    this.limits = limits;
    watch.begin(onGone);
    request.addHttpStreamWrapper(stream -> new LimitedStream(stream, limits));
  }

  /** A time-out is Jetty's idle limit. */
  private void idle(Throwable failure, BiConsumer<ClientLimits, Throwable> passed) {
    ClientLimits begun = limits;
    if (failure instanceof TimeoutException && begun != null) {
      passed.accept(begun, failure);
    }
  }

  @Override
  public void failReads(ContextEndedException ended) {
    readsFail = ended;
    request.fail(ended); // which wakes whoever waits
  }

  @Override
  public void cutOff(Throwable why) {
    cutOff = why;
    Abort.of(request, why);
  }

  @Override
  public void close() {
    watch.close();
  }

  private final class Reading extends Request.Wrapper {
    Reading(Request request) {
      super(request);
    }

    @Override
    public Content.@Nullable Chunk read() {
      ContextEndedException ended = readsFail;
      if (ended != null) {
        return Content.Chunk.from(ended, true);
      }
      Content.Chunk chunk = super.read();
      if (Content.Chunk.isFailure(chunk)
          && (chunk.isLast() || chunk.getFailure() instanceof TimeoutException)) {
        blame(chunk.getFailure());
        idle(chunk.getFailure(), ClientLimits::bodyIdle);
        watch.onReadFailure().accept(chunk.getFailure());
      }
      return chunk;
    }

    /** A body that is not one is the client's fault, also where it has half-closed amid it. */
    private void blame(Throwable failure) {
      if (failure instanceof HttpException known
          && HttpStatus.isClientError(known.getCode())
          && !writing.isCommitted()) {
        writing.setStatus(known.getCode());
      }
    }
  }

  private final class Writing extends Response.Wrapper {
    Writing(Request request, Response response) {
      super(request, response);
    }

    @Override
    public void write(boolean last, @Nullable ByteBuffer content, Callback callback) {
      Throwable why = cutOff;
      if (why == null) {
        super.write(last, content, new Reported(callback));
      } else {
        callback.failed(new IOException(why.getMessage(), why));
      }
    }
  }

  /** A write whose failure is reported before the writer gets it. */
  private final class Reported extends Callback.Nested {
    Reported(Callback callback) {
      super(callback);
    }

    /** On a thread of its own: this one is Jetty's, and the report may take its time. */
    @Override
    public void failed(Throwable failure) {
      HelperThread.unstarted("belay-write-failed", () -> report(failure)).start();
    }

    private void report(Throwable failure) {
      idle(failure, ClientLimits::responseIdle);
      watch.onWriteFailure().accept(failure);
      Throwable why = cutOff;
      super.failed(why == null ? failure : new IOException(why.getMessage(), why));
    }
  }
}
