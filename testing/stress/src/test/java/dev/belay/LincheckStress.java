package dev.belay;

import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What observes a context is an atomic set. The model checker goes through the orders in which two
 * threads can take their steps, the stress form leaves them to the machine.
 */
class LincheckStress {
  private static final int ITERATIONS = Integer.getInteger("belay.stress.lincheck", 1);
  private static final int INVOCATIONS = 200;

  @Test
  @EnabledIfSystemProperty(named = "belay.stress.lincheck", matches = ".*")
  void observersAreASet() {
    new StressOptions()
        .iterations(ITERATIONS)
        .invocationsPerIteration(INVOCATIONS)
        .threads(2)
        .actorsPerThread(4)
        .check(ObserversLincheck.class);
  }

  @Test
  void observersAreASetInEveryOrderOfSteps() {
    new ModelCheckingOptions()
        .iterations(ITERATIONS)
        .invocationsPerIteration(INVOCATIONS)
        .threads(2)
        .actorsPerThread(3)
        .addGuarantee(
            ManagedStrategyGuaranteeKt.forClasses(Dropped.class.getName()).allMethods().ignore())
        .check(ObserversLincheck.class);
  }
}
