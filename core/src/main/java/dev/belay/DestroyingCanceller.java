package dev.belay;

/** Destroys a process and its descendants: asks first, then kills. */
record DestroyingCanceller(Process process) implements Canceller {
  /** About 30 ms after the first one, by the pauses between attempts. */
  private static final int KILL_FROM = 5;

  DestroyingCanceller {
    Require.argument(process, "process", "pass the process to destroy");
  }

  @Override
  public void cancel(int attempt) {
    boolean kill = attempt >= KILL_FROM;
    process.descendants().forEach(child -> destroy(child, kill));
    destroy(process.toHandle(), kill);
  }

  private static void destroy(ProcessHandle handle, boolean kill) {
    if (kill) {
      handle.destroyForcibly();
    } else {
      handle.destroy();
    }
  }
}
