package dev.belay.http.spi;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.Registration;
import java.io.IOException;
import java.io.InputStream;

/**
 * A response's body that ends with its context. One registration lasts from the headers to the end
 * of the body, so that the server sees the abort also while nothing reads.
 *
 * <p>Reading and closing belong to one thread at a time. The caller closes the body.
 */
public final class ContextBody extends InputStream {
  private final Context ctx;
  private final InputStream raw;
  private final Abortable exchange;
  private final Registration registration;

  /** Whether the context's end has closed the stream, so that it explains a failure to read. */
  private volatile boolean aborted;

  private long bytes;

  /**
   * A body that obeys {@code ctx} until it was read to its end or closed.
   *
   * @param raw the body as the client hands it out; closing it ends the exchange
   */
  public ContextBody(Context ctx, InputStream raw, Abortable exchange) {
    this.ctx = ctx;
    this.raw = raw;
    this.exchange = exchange;
    this.registration = ctx.onDone(this::abort);
  }

  private void abort() {
    aborted = true;
    try {
      exchange.abort();
    } catch (IOException e) {
      // The connection is gone, which is what we want.
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0; // some streams would wait
    }
    try {
      int count = raw.read(buffer, offset, length);
      if (count >= 0) {
        bytes += count;
        return count;
      }
      registration.stop();
    } catch (IOException e) {
      throw failure(e);
    }
    if (aborted) {
      // A stream that is closed while it is read may say that it is at its end.
      throw failure(new IOException("closed"));
    }
    return -1;
  }

  @Override
  public int available() throws IOException {
    try {
      return raw.available();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** What to throw for a failure to read; a stream that has failed once delivers nothing more. */
  private IOException failure(IOException failure) {
    registration.stop();
    return explained(failure);
  }

  /**
   * What to throw for a failure to read anything else of the response, its trailers for example.
   *
   * @return {@code failure}, unless the context's end has caused it
   * @throws dev.belay.ContextEndedException if the context's end has caused it
   */
  public IOException explained(IOException failure) {
    if ((aborted || exchange.isCancelled()) && !Canceller.isInterruption(failure)) {
      ctx.throwIfDone(exchange.readingBody(bytes, failure));
    }
    return failure;
  }

  /**
   * Throws the context's end as a failure to read would.
   *
   * @throws dev.belay.ContextEndedException if the context has ended
   */
  public void throwIfEnded() {
    ctx.throwIfDone(exchange.readingBody(bytes, null));
  }

  /** Closes the body, ignoring failures to close. */
  public void discard() {
    try {
      close();
    } catch (IOException e) {
      // The connection is gone, which is what we want.
    }
  }

  @Override
  public void close() throws IOException {
    registration.stop();
    raw.close();
  }
}
