package dev.belay.spi;

/**
 * Is notified of ends, cancels and everything that would otherwise fail silently. Install it with
 * {@link ContextEvents#install}.
 */
@FunctionalInterface
public interface ContextListener {
  /**
   * Called on the thread on which it happened, without a lock of ours. It must return quickly and
   * not block: a call of {@code cancel()} or {@code close()} may wait for it. What it throws is
   * reported as {@link ContextEvent.Uncaught} and affects nothing else.
   */
  void on(ContextEvent event);
}
