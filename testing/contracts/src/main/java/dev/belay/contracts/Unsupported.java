package dev.belay.contracts;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;

/** Skips what is declared unsupported, so that it shows. */
public final class Unsupported {
  private static final System.Logger LOG = System.getLogger(Unsupported.class.getName());

  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private Unsupported() {}

  public static <E extends Enum<E>> void skip(Object contract, Set<E> unsupported, E needed) {
    if (unsupported.contains(needed)) {
      String message =
          "%s declares %s unsupported".formatted(contract.getClass().getSimpleName(), needed);
      if (SAID.add(message)) {
        LOG.log(System.Logger.Level.WARNING, message + ": scenarios that need it are skipped");
      }
      Assumptions.abort(message);
    }
  }
}
