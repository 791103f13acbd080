package dev.belay.testkit;

import dev.belay.CancellableContext;
import dev.belay.Context;

/** A root on the system's time. */
class RootContextTest extends ContextContract {
  @Override
  protected CancellableContext root(String name) {
    return Context.root(name);
  }
}
