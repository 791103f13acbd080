package dev.belay.jdbc;

import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;

/** The data source's own builder, whose connections obey the context. */
final class ContextConnectionBuilder implements ConnectionBuilder {
  /** How a connection is put under the current context. */
  @FunctionalInterface
  interface Opening {
    Connection open(SqlCallable<Connection> source) throws SQLException;
  }

  private final ConnectionBuilder target;
  private final Opening opening;

  ContextConnectionBuilder(ConnectionBuilder target, Opening opening) {
    this.target = target;
    this.opening = opening;
  }

  @Override
  public ConnectionBuilder user(String username) {
    target.user(username);
    return this;
  }

  @Override
  public ConnectionBuilder password(String password) {
    target.password(password);
    return this;
  }

  @Override
  public ConnectionBuilder shardingKey(ShardingKey shardingKey) {
    target.shardingKey(shardingKey);
    return this;
  }

  @Override
  public ConnectionBuilder superShardingKey(ShardingKey superShardingKey) {
    target.superShardingKey(superShardingKey);
    return this;
  }

  @Override
  public Connection build() throws SQLException {
    return opening.open(target::build);
  }
}
