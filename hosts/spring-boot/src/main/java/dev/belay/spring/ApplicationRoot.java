package dev.belay.spring;

import dev.belay.CancellableContext;
import dev.belay.Context;
import org.springframework.context.SmartLifecycle;

/**
 * The root context of the application: the parent of every request's. It is cancelled when the web
 * server's grace for requests is over, and closed with the application.
 */
public final class ApplicationRoot implements SmartLifecycle, AutoCloseable {
  /** Between the grace of the web server, which is one of 1,024 below the top, and its stop. */
  private static final int AFTER_GRACE = Integer.MAX_VALUE - 1_536;

  private final CancellableContext ctx = Context.root("application");
  private volatile boolean running;

  ApplicationRoot() {}

  /** The root; this object ends it. */
  public Context context() {
    return ctx;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    ctx.cancel();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return AFTER_GRACE;
  }

  @Override
  public void close() {
    ctx.close();
  }
}
