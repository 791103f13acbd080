package dev.belay.demo;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many files, connections included, this process may have open: {@code ulimit -n}. */
public final class OpenFiles {
  /** Where the system tells no limit. */
  private static final long UNKNOWN = 1_000_000;

  /** Jars, the pool, the log, and some for what nobody has thought of. */
  private static final long OTHERS = 1_000;

  private OpenFiles() {}

  /** The limit; the JVM has raised it as far as it may. */
  public static long limit() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : UNKNOWN;
  }

  /** How many of them may be connections of customers, without anything else going short. */
  public static int forConnections() {
    return Math.clamp(Math.max(limit() - OTHERS, limit() / 2), 1, Integer.MAX_VALUE);
  }
}
