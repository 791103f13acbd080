package dev.belay.jdbc;

import dev.belay.postgres.EmbeddedPostgres;
import dev.belay.postgres.PostgresSettings;
import java.io.IOException;

/** Money in PostgreSQL. */
class PostgresMoneyStress extends MoneyContract {

  @Override
  Bank start() throws IOException {
    var server =
        EmbeddedPostgres.start(PostgresSettings.defaults().withParameter("deadlock_timeout", "5"));
    return new Bank() {
      @Override
      public String jdbcUrl() {
        return server.jdbcUrl();
      }

      @Override
      public void kill() {
        server.kill();
      }

      @Override
      public void restart() throws IOException {
        server.restart();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
