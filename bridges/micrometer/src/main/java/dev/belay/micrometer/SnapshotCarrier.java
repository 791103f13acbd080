package dev.belay.micrometer;

import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;

/**
 * Carries every thread-local for which Micrometer's registry has an accessor to the threads that
 * Belay starts: forks, reactions, helper threads. The context itself is not carried: each of these
 * threads has its own.
 */
public final class SnapshotCarrier implements ContextCarrier {
  private static final SnapshotCarrier INSTANCE = new SnapshotCarrier();

  private final ContextSnapshotFactory snapshots =
      ContextSnapshotFactory.builder()
          .clearMissing(true)
          .captureKeyPredicate(key -> !CurrentContext.KEY.equals(key))
          .build();

  private SnapshotCarrier() {}

  /** Installs it for the program; a second call does nothing. */
  public static void install() {
    ContextCarriers.install(INSTANCE);
  }

  @Override
  public Captured capture() {
    ContextSnapshot snapshot = snapshots.captureAll();
    return () -> snapshot.setThreadLocals()::close;
  }
}
