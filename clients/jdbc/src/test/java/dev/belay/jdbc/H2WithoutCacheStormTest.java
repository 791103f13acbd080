package dev.belay.jdbc;

import java.nio.file.Path;

class H2WithoutCacheStormTest extends StormContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.h2(";QUERY_CACHE_SIZE=0");
  }
}
