package dev.belay.tomcat;

import dev.belay.http.spi.ClientLimits;
import dev.belay.http.spi.ClientWatch;
import dev.belay.spi.HelperThread;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.catalina.connector.CoyoteAdapter;
import org.apache.coyote.ActionCode;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.jspecify.annotations.Nullable;

/**
 * What the watches of both protocols share: that what was seen is reported, on a virtual thread of
 * its own, and by the request's thread before that goes on; and that the limits are told of waits.
 */
abstract class TomcatWatch implements ClientWatch {
  /** Stands in the place of the reaction once nothing is reported any more. */
  private static final Consumer<Throwable> OVER = new Over();

  final Request request;
  final Response response;
  private volatile @Nullable ClientWaits waits; // from begin to close
  private final AtomicReference<@Nullable Consumer<Throwable>> reaction = new AtomicReference<>();

  /** What was seen first. */
  private volatile @Nullable Throwable seen;

  TomcatWatch(Request request, Response response) {
    this.request = request;
    this.response = response;
  }

  @Override
  public final void begin(Consumer<Throwable> onGone, ClientLimits limits) {
    if (!reaction.compareAndSet(null, onGone)) {
      throw new IllegalStateException("a watch begins once");
    }
    waits = ClientWaits.begin(request, response, limits);
    start();
    Throwable early = seen;
    if (early != null) {
      report(early);
    }
  }

  /** Begins to look, on the request's thread. */
  abstract void start();

  /** Ends to look. Does nothing when repeated. */
  abstract void stop();

  void closeUnlessBegun() {
    if (reaction.compareAndSet(null, OVER)) {
      stop();
    }
  }

  @Override
  public final void close() {
    Throwable why = seen;
    if (why == null && response.getErrorException() instanceof IOException failed) {
      why = lost(failed); // of a flush, which passes by what sees the writes
    }
    if (why != null) {
      report(why);
    }
    reaction.set(OVER);
    stop();
    ClientWaits begun = waits;
    if (begun != null) {
      waits = null;
      begun.end();
    }
  }

  /** Reads for the request's thread, which may wait for the client. */
  final int read(InputBuffer in, ApplicationBufferHandler handler) throws IOException {
    ClientWaits begun = waits;
    return begun == null ? in.doRead(handler) : begun.read(in, handler);
  }

  /** Writes for the request's thread, which may wait for the client. */
  final int write(OutputBuffer out, ByteBuffer chunk) throws IOException {
    ClientWaits begun = waits;
    return begun == null ? out.doWrite(chunk) : begun.write(out, chunk);
  }

  /** On any thread, under any lock: the reaction runs elsewhere. */
  final void gone(Throwable why) {
    if (seen == null && !isComplete()) {
      seen = why;
      HelperThread.start("belay-client-gone", () -> report(why));
    }
  }

  /** Reports a failure of the request's thread to read or write, on that thread. */
  final void failed(IOException failure) {
    Throwable why = lost(failure);
    if (why != null) {
      report(why);
    }
  }

  /** Tomcat's own time-outs are no end of the connection. */
  private static @Nullable Throwable lost(IOException failure) {
    return failure instanceof SocketTimeoutException ? null : failure;
  }

  private void report(Throwable why) {
    Consumer<Throwable> onGone = reaction.get();
    if (onGone != null && !isComplete()) {
      onGone.accept(why);
    }
  }

  final boolean hasGone() {
    return seen != null;
  }

  /** Whether the last part of the response has been handed to Tomcat. */
  boolean isComplete() {
    return response.getNote(CoyoteAdapter.ADAPTER_NOTES)
            instanceof org.apache.catalina.connector.Response catalina
        && catalina.isClosed();
  }

  final boolean isAsync() {
    var async = new AtomicBoolean();
    request.action(ActionCode.ASYNC_IS_ASYNC, async);
    return async.get();
  }

  private static final class Over implements Consumer<Throwable> {
    @Override
    public void accept(Throwable why) {}
  }
}
