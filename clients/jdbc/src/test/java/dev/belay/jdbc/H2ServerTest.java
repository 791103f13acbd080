package dev.belay.jdbc;

import java.nio.file.Path;

/** H2 as a server, whose driver waits for a socket. */
class H2ServerTest extends DriverContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.h2Server();
  }
}
