package dev.belay.servlet;

import dev.belay.ContextEndedException;
import dev.belay.http.spi.ClientLimits;
import dev.belay.http.spi.ClientWatch;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Stands in where the container supplies no watch: nothing is noticed but what a failed read or
 * write of the servlet says.
 */
final class UnwatchedClient implements ClientWatch {
  private static final System.Logger LOG = System.getLogger("dev.belay.servlet");
  private static final AtomicBoolean WARNED = new AtomicBoolean();

  /** Says so in the log, once. */
  static void warn() {
    if (WARNED.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          "this container does not report that a client has gone: a request runs until its limit."
              + " On Tomcat, set the connector's protocol to dev.belay.tomcat.ContextNioProtocol;"
              + " NIO2 is not supported");
    }
  }

  @Override
  public void begin(Consumer<Throwable> onGone, ClientLimits limits) {}

  @Override
  public void failReads(ContextEndedException ended) {}

  /** What is left is the exception that the filter throws, on which containers close. */
  @Override
  public void cutOff(Throwable why) {}

  @Override
  public void close() {}
}
