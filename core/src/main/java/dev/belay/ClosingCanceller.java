package dev.belay;

import dev.belay.kernel.Require;

/** Closes a resource, once. */
record ClosingCanceller(AutoCloseable target) implements Canceller {
  ClosingCanceller {
    Require.argument(target, "resource", "pass what to close");
  }

  @Override
  public String resource() {
    return target.getClass().getName();
  }

  @Override
  public void cancel(int attempt) throws Exception {
    if (attempt == 0) {
      target.close();
    }
  }
}
