package dev.belay.jdbc;

import java.nio.file.Path;

class PostgresStormTest extends ServerLimitContract {
  @Override
  TestDatabase.Server start(Path folder) throws Exception {
    return TestDatabases.postgres();
  }
}
