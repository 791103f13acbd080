package dev.belay.spi;

import dev.belay.CancellableContext;
import dev.belay.kernel.Kernel;

/** Roots with settings of their own. */
public final class Roots {
  private Roots() {}

  /**
   * A tracked root like {@link dev.belay.Context#root}, on a time source of its own.
   *
   * @param recordSites whether each context below it remembers where it was made; for tests and
   *     diagnosis, at the price of a stack trace each
   */
  public static CancellableContext open(String name, TimeSource time, boolean recordSites) {
    return Kernel.get().root(name, time, recordSites);
  }
}
