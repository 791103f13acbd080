package dev.belay;

/** Closes a resource, once. */
record ClosingCanceller(AutoCloseable resource) implements Canceller {
  ClosingCanceller {
    Require.argument(resource, "resource", "pass what to close");
  }

  @Override
  public void cancel(int attempt) throws Exception {
    if (attempt == 0) {
      resource.close();
    }
  }
}
