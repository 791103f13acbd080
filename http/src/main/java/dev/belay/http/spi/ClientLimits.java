package dev.belay.http.spi;

import dev.belay.CancellableContext;
import dev.belay.http.server.BodyTimeoutException;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.server.WriteTimeoutException;
import dev.belay.spi.TimeSource;
import java.util.function.Consumer;

/**
 * The {@link RequestLimits} of one request, for server hosts, which say when they wait for the
 * client, and when an idle limit of their own has passed meanwhile. Each ends the request's context
 * with a {@link BodyTimeoutException} or a {@link WriteTimeoutException}. They run by the system's
 * clock: how fast a client is has nothing to do with the clock of its request's context. Any thread
 * may call anything.
 */
public final class ClientLimits {
  private final CancellableContext ctx;
  private final Consumer<Throwable> cutOff;
  private final ClientLimit reading;
  private final ClientLimit writing;

  private ClientLimits(CancellableContext ctx, RequestLimits limits, Consumer<Throwable> cutOff) {
    this.ctx = ctx;
    this.cutOff = cutOff;
    this.reading =
        new ClientLimit(
            TimeSource.system(),
            limits.read(),
            () ->
                ctx.cancel(
                    new BodyTimeoutException(
                        "the body was not complete after " + limits.read(), null)));
    this.writing =
        new ClientLimit(
            TimeSource.system(),
            limits.write(),
            () ->
                slowReader(
                    new WriteTimeoutException(
                        "the response was not read after " + limits.write(), null)));
  }

  /**
   * Limits that end {@code ctx}. The one for the body has begun.
   *
   * @param cutOff breaks the response off that was not read
   */
  public static ClientLimits of(
      CancellableContext ctx, RequestLimits limits, Consumer<Throwable> cutOff) {
    var made = new ClientLimits(ctx, limits, cutOff);
    made.reading.begin();
    return made;
  }

  /** The limit of the body. */
  public ClientLimit reading() {
    return reading;
  }

  /** The limit of the response. */
  public ClientLimit writing() {
    return writing;
  }

  /**
   * The host has waited for more of the body for as long as it lets a connection be idle.
   *
   * @param failure what it fails the read with
   */
  public void bodyIdle(Throwable failure) {
    ctx.cancel(new BodyTimeoutException("the body was not sent on before the idle limit", failure));
  }

  /**
   * The host has waited for the client to read for as long as it lets a connection be idle.
   *
   * @param failure what it fails the write with
   */
  public void responseIdle(Throwable failure) {
    slowReader(
        new WriteTimeoutException("the response was not read before the idle limit", failure));
  }

  private void slowReader(WriteTimeoutException slow) {
    ctx.cancel(slow);
    cutOff.accept(slow);
  }

  /** The request is over. */
  public void end() {
    reading.end();
    writing.end();
  }
}
