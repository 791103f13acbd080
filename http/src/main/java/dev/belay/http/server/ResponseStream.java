package dev.belay.http.server;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.Registration;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;

/**
 * A response that is written piece by piece, whose length nothing knows when it begins. It belongs
 * to the endpoint, which writes it on one thread.
 *
 * <ul>
 *   <li>Pieces are collected, and sent by {@link #flush} or when there are 8 KB of them. Sending
 *       waits for the client, for as long as the write limit at most: past it the response is cut
 *       off, and sending throws {@link dev.belay.DeadlineExceededException} with a {@link
 *       WriteTimeoutException} as its cause.
 *   <li>When the context ends, a piece that is being sent fails, and no other is sent: sending
 *       throws the context's exception. Let it go on to the host, which cuts the response off.
 *   <li>The response is complete when the endpoint returns, and not before: {@link #close} sends
 *       what was collected, and ends nothing. So a failure on the way never leaves a response that
 *       looks complete.
 * </ul>
 */
public final class ResponseStream extends OutputStream {
  private static final int PIECE = 8 * 1024;

  /** Breaks the response off. */
  private interface CutOff {
    void because(Throwable why);
  }

  private final Context ctx;
  private final Duration writeLimit;
  private final OutputStream out;
  private final CutOff cutOff;
  private final byte[] piece = new byte[PIECE];
  private int length;

  private ResponseStream(Context ctx, Duration writeLimit, OutputStream out, CutOff cutOff) {
    this.ctx = ctx;
    this.writeLimit = writeLimit;
    this.out = out;
    this.cutOff = cutOff;
  }

  /**
   * Begins a response, which has nothing written yet.
   *
   * @param ctx the request's context, or one below it
   * @param status the response's status
   * @param contentType its media type
   * @param writeLimit how long the client may take over each piece. Where the host has a limit for
   *     the whole response, that holds as well.
   * @throws IllegalArgumentException unless the limit is more than zero
   */
  public static <Q, S> ResponseStream open(
      Context ctx,
      HttpMessages<Q, S> messages,
      Q request,
      S response,
      int status,
      String contentType,
      Duration writeLimit)
      throws IOException {
    Objects.requireNonNull(ctx, "ctx is null: pass the request's context");
    if (!writeLimit.isPositive()) {
      throw new IllegalArgumentException("a client needs some time: " + writeLimit);
    }
    OutputStream out = messages.begin(response, status, contentType);
    return new ResponseStream(ctx, writeLimit, out, why -> messages.cutOff(request, response, why));
  }

  @Override
  public void write(int b) throws IOException {
    if (length == PIECE) {
      flush();
    }
    piece[length++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, bytes.length);
    int from = offset;
    int left = count;
    while (left > 0) {
      if (length == PIECE) {
        flush();
      }
      int part = Math.min(left, PIECE - length);
      System.arraycopy(bytes, from, piece, length, part);
      length += part;
      from += part;
      left -= part;
    }
  }

  /**
   * Sends what was written.
   *
   * @throws dev.belay.ContextEndedException if the context has ended, or the client takes too long
   * @throws IOException if the connection is lost
   */
  @Override
  @SuppressWarnings("try") // the registration is there to be closed
  public void flush() throws IOException {
    int count = length;
    length = 0;
    try (CancellableContext sending =
            ctx.withTimeout(writeLimit, () -> new WriteTimeoutException(slow(), null));
        Registration end = sending.onDone(() -> ended(sending))) {
      sending.throwIfDone();
      try {
        out.write(piece, 0, count);
        out.flush();
      } catch (IOException | RuntimeException e) {
        sending.throwIfDone(e);
        throw e;
      }
    }
  }

  private String slow() {
    return "a piece of the response was not read after " + writeLimit;
  }

  /** The host sees to the ends of the request itself. */
  private void ended(Context sending) {
    if (sending.cause() instanceof WriteTimeoutException slow) {
      cutOff.because(slow);
    }
  }

  /** Sends what was written; the response goes on until the endpoint returns. */
  @Override
  public void close() throws IOException {
    if (length > 0) {
      flush();
    }
  }
}
