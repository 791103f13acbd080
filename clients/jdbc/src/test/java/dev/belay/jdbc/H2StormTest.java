package dev.belay.jdbc;

import java.nio.file.Path;

class H2StormTest extends StormContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.h2("");
  }
}
