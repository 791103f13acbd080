package dev.belay.jdbc;

import dev.belay.testkit.SharedThreads;
import java.nio.file.Path;

/** H2 on files, where an interrupt of the thread that works would close the database. */
@SharedThreads({"HikariPool", "H2-"})
class H2FileTest extends DriverContract<TestDatabase> {
  @Override
  TestDatabase start(Path folder) throws Exception {
    return TestDatabases.h2File(folder);
  }
}
