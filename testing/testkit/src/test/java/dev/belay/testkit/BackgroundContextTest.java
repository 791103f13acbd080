package dev.belay.testkit;

import dev.belay.CancellableContext;
import dev.belay.Context;

/** A context that hangs below no root, and is not tracked. */
class BackgroundContextTest extends ContextContract {
  @Override
  protected CancellableContext root(String name) {
    return Context.background().withName(name).withCancel();
  }
}
