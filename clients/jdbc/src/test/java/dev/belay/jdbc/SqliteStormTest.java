package dev.belay.jdbc;

import java.nio.file.Path;

class SqliteStormTest extends StormContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.sqlite(folder);
  }
}
