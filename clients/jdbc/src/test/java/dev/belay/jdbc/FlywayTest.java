package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Migrations, which hold a lock of the session on a connection beside the one that works. */
class FlywayTest extends DatabaseFixture {
  @TempDir private Path migrations;

  private MigrateResult migrate(Context ctx, String sql) throws IOException {
    Files.writeString(migrations.resolve("V1__first.sql"), sql);
    Flyway flyway =
        Flyway.configure()
            .dataSource(ContextDataSource.wrap(pool, Duration.ofMillis(100)))
            .baselineOnMigrate(true)
            .baselineVersion("0")
            .locations("filesystem:" + migrations)
            .load();
    return ctx.call(c -> flyway.migrate());
  }

  @ParameterizedTest
  @EnumSource(On.class)
  void aMigrationThatIsEndedLeavesNoConnectionAndNoLock(On on, Context root) throws Exception {
    for (int round = 0; round < POOL_SIZE + 1; round++) {
      try (var ctx = root.withCancel()) {
        var migration = on.start(() -> migrate(ctx, SLEEP));
        observer.awaitRunning(SLEEP, 1);
        ctx.cancel();
        assertThat(migration.failure()).isInstanceOf(FlywayException.class);
      }
      await(() -> poolState().getActiveConnections() == 0, "every connection is back");
      observer.awaitRunning(SLEEP, 0);
      observer.awaitNoAdvisoryLock(); // the server notices a lost connection late
    }
    assertThat(migrate(root, "select 1").migrationsExecuted).isOne();
    observer.execute("drop table flyway_schema_history");
  }
}
