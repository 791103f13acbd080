package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import java.time.Duration;

/**
 * What every known database has to stand: four workers share three connections, and statements are
 * cancelled at random moments, mostly about when they end by themselves. No cancel may hit the next
 * user of a connection, and no connection is discarded without a reason that is counted. {@code
 * -Dbelay.storm.operations} makes it longer; a fifth as many are interrupted instead.
 */
abstract class StormContract<D extends TestDatabase> extends DriverContract<D> {
  /** So much more than what counts as a slow cancel that none is discarded uncounted. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  static final int OPERATIONS = Integer.getInteger("belay.storm.operations", 5_000);

  @LongTest
  void noCancelHitsTheNextStatement(CancellableContext root) throws Exception {
    stormed(
        "cancels",
        database().jdbcUrl(),
        PATIENCE,
        (storm, counts) -> {
          storm.run(OPERATIONS, random -> storm.cancelAtRandom(root, random));
          assertThat(cancels(counts)).as("cancels").isGreaterThan(OPERATIONS / 50);
        });
  }

  @LongTest
  void noInterruptBurnsAConnection(Context root) throws Exception {
    stormed(
        "interrupts",
        database().jdbcUrl(),
        PATIENCE,
        (storm, counts) -> {
          storm.run(OPERATIONS / 5, random -> storm.interruptAtRandom(root, random));
          assertThat(cancels(counts)).as("cancels").isPositive();
        });
  }

  /** How many cancels were sent. */
  int cancels(CountingSource counts) {
    return counts.cancels();
  }

  /** How many reasons there were to discard a connection. */
  int reasons(CountingSource counts) {
    return database().keepsConnections() ? counts.notRolledBack() : counts.cancels();
  }

  /** Some operations, and what is to be true of them besides. */
  @FunctionalInterface
  interface Weather {
    void pass(Storm storm, CountingSource counts) throws Exception;
  }

  /** Afterwards: no victim, nothing left at work, and no connection discarded without doubt. */
  final void stormed(String name, String url, Duration patience, Weather weather) throws Exception {
    var counts = new CountingSource(url);
    try (HikariDataSource pool = pool(counts)) {
      var storm = new Storm(database(), ContextDataSource.wrap(pool, patience));
      try {
        weather.pass(storm, counts);
      } finally {
        storm.print(
            getClass().getSimpleName() + ", " + name,
            cancels(counts),
            counts.opened() - POOL_SIZE,
            reasons(counts));
      }
      storm.assertNoVictims();
      assertNothingWorks();
      if (patience.equals(PATIENCE)) {
        assertThat(counts.opened() - POOL_SIZE)
            .as("connections lost")
            .isLessThanOrEqualTo(reasons(counts));
      }
    }
  }
}
