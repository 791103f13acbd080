package dev.belay.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** H2 as a server, whose driver waits for a socket. */
@Tag("process")
class H2ServerTest extends DriverContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.h2Server();
  }
}
