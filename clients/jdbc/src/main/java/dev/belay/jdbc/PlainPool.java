package dev.belay.jdbc;

import java.sql.Connection;

/** Any other data source. A broken connection is closed, or fails its pool's check. */
record PlainPool(boolean usesHelperThread) implements Pool {
  @Override
  public void evict(Connection connection) {}
}
