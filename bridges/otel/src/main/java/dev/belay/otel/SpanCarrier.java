package dev.belay.otel;

import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import io.opentelemetry.context.Context;

/**
 * Makes the span of the thread that wants work done current on the threads that Belay starts for
 * it: forks, reactions, wrapped tasks, helper threads. So whatever makes spans there, such as the
 * agent around a statement or a request, makes them in the same trace.
 */
public final class SpanCarrier implements ContextCarrier {
  private static final SpanCarrier INSTANCE = new SpanCarrier();

  private SpanCarrier() {}

  /** Installs it for the program; a second call does nothing. */
  public static void install() {
    ContextCarriers.install(INSTANCE);
  }

  @Override
  @SuppressWarnings("MustBeClosedChecker") // closed as the carrier's own
  public Captured capture() {
    Context captured = Context.current();
    return () -> captured.makeCurrent()::close;
  }
}
