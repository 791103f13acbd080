package dev.belay.jdbc.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.CancellableContext;
import dev.belay.Context;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every known database has to stand: four workers share three connections, and statements are
 * cancelled at random moments, mostly about when they end by themselves. No cancel may hit the next
 * user of a connection, and no connection is given up without need. {@code
 * -Dbelay.storm.operations} makes it longer.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES) // for long runs; what hangs fails by itself
abstract class StormContract<D extends TestDatabase> extends DriverContract<D> {
  /** Far more than a patient caller waits for a cancel. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  static final int OPERATIONS = Integer.getInteger("belay.storm.operations", 2_000);

  @Test
  void noCancelHitsTheNextStatement(CancellableContext root) throws Exception {
    stormed(
        "cancels",
        database().jdbcUrl(),
        PATIENCE,
        (storm, counts) -> {
          storm.run(OPERATIONS, random -> storm.cancelAtRandom(root, random));
          assertThat(counts.cancels()).as("cancels").isGreaterThan(OPERATIONS / 50);
        });
  }

  @Test
  void noInterruptBurnsAConnection(Context root) throws Exception {
    stormed(
        "interrupts",
        database().jdbcUrl(),
        PATIENCE,
        (storm, counts) -> {
          storm.run(OPERATIONS / 5, random -> storm.interruptAtRandom(root, random));
          assertThat(counts.cancels()).as("cancels").isPositive();
        });
  }

  /** Some operations, and what is to be true of them besides. */
  @FunctionalInterface
  interface Weather {
    void pass(Storm storm, CountingSource counts) throws Exception;
  }

  /** Afterwards: no victim, nothing left at work, and no connection given up without doubt. */
  final void stormed(String name, String url, Duration patience, Weather weather) throws Exception {
    var counts = new CountingSource(url);
    try (HikariDataSource pool = pool(counts)) {
      var storm = new Storm(database(), ContextDataSource.wrap(pool, patience));
      try {
        weather.pass(storm, counts);
      } finally {
        storm.print(getClass().getSimpleName() + ", " + name, counts, POOL_SIZE);
      }
      storm.assertNoVictims();
      assertNothingWorks();
      if (patience.equals(PATIENCE)) {
        assertThat(counts.opened() - POOL_SIZE)
            .as("connections lost")
            .isLessThanOrEqualTo(
                database().keepsConnections() ? counts.doubtful() : counts.cancels());
      }
    }
  }
}
