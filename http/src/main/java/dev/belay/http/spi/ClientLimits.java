package dev.belay.http.spi;

import dev.belay.CancellableContext;
import dev.belay.http.server.BodyTimeoutException;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.server.WriteTimeoutException;
import dev.belay.spi.TimeSource;
import java.util.function.Consumer;

/**
 * The {@link RequestLimits} of one request, for server hosts, which say when they wait for the
 * client. They run by the system's clock: how fast a client is has nothing to do with the clock of
 * its request's context.
 *
 * @param reading the body
 * @param writing the response
 */
public record ClientLimits(ClientLimit reading, ClientLimit writing) {

  /**
   * Limits that end {@code ctx}, with a {@link BodyTimeoutException} or a {@link
   * WriteTimeoutException}. The one for the body has begun.
   *
   * @param cutOff breaks the response off that was not read
   */
  public static ClientLimits of(
      CancellableContext ctx, RequestLimits limits, Consumer<Throwable> cutOff) {
    var reading =
        new ClientLimit(
            TimeSource.system(),
            limits.read(),
            () ->
                ctx.cancel(
                    new BodyTimeoutException(
                        "the body was not complete after " + limits.read(), null)));
    var writing =
        new ClientLimit(
            TimeSource.system(),
            limits.write(),
            () -> {
              var slow =
                  new WriteTimeoutException("the response was not read after " + limits.write());
              ctx.cancel(slow);
              cutOff.accept(slow);
            });
    reading.begin();
    return new ClientLimits(reading, writing);
  }

  /** The request is over. */
  public void end() {
    reading.end();
    writing.end();
  }
}
