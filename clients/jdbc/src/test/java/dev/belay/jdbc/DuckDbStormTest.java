package dev.belay.jdbc;

import java.nio.file.Path;

class DuckDbStormTest extends StormContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.duckDb(folder);
  }
}
