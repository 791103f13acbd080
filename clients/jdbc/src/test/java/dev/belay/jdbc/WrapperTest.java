package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.belay.Context;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/** From each JDBC object the way leads to the others as their user knows them. */
class WrapperTest extends DatabaseFixture {

  @Test
  void parentsAreTheWrappers(Context root) throws Exception {
    try (Connection connection = source.connection(root);
        PreparedStatement statement = connection.prepareStatement("select 1");
        ResultSet rows = statement.executeQuery()) {
      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(rows.getStatement()).isSameAs(statement);
      assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
      assertThat(statement.execute()).isTrue();
      assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
      try (ResultSet tables = connection.getMetaData().getTables(null, "public", "item", null)) {
        assertThat(tables.next()).isTrue();
        assertThat(tables.getString("TABLE_NAME")).isEqualTo("item");
        assertThat(tables.getStatement()).isNull();
      }
    }
  }

  @Test
  void generatedKeysAreReadAsUsual(Context root) throws Exception {
    try (Connection connection = source.connection(root);
        PreparedStatement statement =
            connection.prepareStatement(
                "insert into item values (7, 'a')", Statement.RETURN_GENERATED_KEYS)) {
      assertThat(statement.executeUpdate()).isEqualTo(1);
      try (ResultSet keys = statement.getGeneratedKeys()) {
        assertThat(keys.next()).isTrue();
        assertThat(keys.getInt(1)).isEqualTo(7);
        assertThat(keys.getStatement()).isSameAs(statement);
      }
    }
  }

  @Test
  void unwrapGoesDownToTheDriver(Context root) throws Exception {
    try (Connection connection = source.connection(root);
        Statement statement = connection.createStatement()) {
      assertThat(connection.isWrapperFor(Connection.class)).isTrue();
      assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
      assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
      assertThat(connection.unwrap(PGConnection.class).getBackendPID()).isPositive();
      assertThat(connection.isWrapperFor(List.class)).isFalse();
      assertThat(statement.isWrapperFor(PGStatement.class)).isTrue();
      assertThat(statement.unwrap(PGStatement.class).getPrepareThreshold()).isNotNegative();
    }
  }

  @Test
  void theDataSourceIsAWrapperToo() throws Exception {
    assertThat(source.isWrapperFor(ContextDataSource.class)).isTrue();
    assertThat(source.unwrap(DataSource.class)).isSameAs(source);
    assertThat(source.isWrapperFor(HikariDataSource.class)).isTrue();
    assertThat(source.unwrap(HikariDataSource.class)).isSameAs(pool);
    assertThat(source.isWrapperFor(List.class)).isFalse();
    assertThat(source.getLoginTimeout()).isEqualTo(pool.getLoginTimeout());
  }

  @Test
  void wrappersEqualThemselvesOnly(Context root) throws Exception {
    try (Connection one = source.connection(root);
        Connection other = source.connection(root)) {
      var set = new HashSet<>(List.of(one, other));
      assertThat(set).hasSize(2).contains(one, other);
      assertThat(one).isNotEqualTo(other).isNotEqualTo(one.unwrap(PGConnection.class));
      assertThat(one.toString()).startsWith("ContextConnection(");
    }
  }

  @Test
  void closeIsHeededOnce(Context root) throws Exception {
    Connection connection = source.connection(root);
    assertThat(connection.isClosed()).isFalse();
    connection.close();
    try (Connection next = source.connection(root)) {
      connection.close();
      assertThat(connection.isClosed()).isTrue();
      assertThat(number(next, "select 1")).isEqualTo(1);
    }
  }
}
