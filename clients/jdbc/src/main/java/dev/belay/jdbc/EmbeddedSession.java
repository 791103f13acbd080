package dev.belay.jdbc;

import java.sql.Connection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session that is cheap to open again: nothing is undone, and what was left costs it. */
record EmbeddedSession(Connection physical, String query) implements Driver.Session {
  @Override
  public List<String> undo(List<@Nullable String> before) {
    return List.of();
  }
}
