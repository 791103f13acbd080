package dev.belay.jdbc.client;

import java.nio.file.Path;

class SqliteStormTest extends StormContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.sqlite(folder);
  }
}
