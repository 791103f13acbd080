package dev.belay.jdbc;

/** The thread on which a call of the driver runs. */
enum Place {
  /** The calling thread; an interrupt of it does the driver no harm. */
  CALLER,
  VIRTUAL_THREAD,
  PLATFORM_THREAD;

  /**
   * For a call that waits for a socket. An interrupt of a virtual thread closes the socket: that
   * loses the pooled connection and leaves the query running in the server.
   */
  static Place ofSocket() {
    return Thread.currentThread().isVirtual() ? VIRTUAL_THREAD : CALLER;
  }

  /** For a call that computes: on a virtual thread it would keep the others from running. */
  static Place ofWork() {
    return Thread.currentThread().isVirtual() ? PLATFORM_THREAD : CALLER;
  }
}
