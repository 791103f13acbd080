package dev.belay.testkit.contract;

import java.util.Set;
import org.junit.jupiter.api.Assumptions;

/** Skips what is declared unsupported, so that it shows. */
final class Unsupported {
  private static final System.Logger LOG = System.getLogger(Unsupported.class.getName());

  private Unsupported() {}

  static <E extends Enum<E>> void skip(Object contract, Set<E> unsupported, E needed) {
    if (unsupported.contains(needed)) {
      String message =
          "%s declares %s unsupported".formatted(contract.getClass().getSimpleName(), needed);
      LOG.log(System.Logger.Level.WARNING, "a scenario is skipped: " + message);
      Assumptions.abort(message);
    }
  }
}
