package dev.belay.jdbc.client;

import java.nio.file.Path;

class DuckDbStormTest extends StormContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.duckDb(folder);
  }
}
