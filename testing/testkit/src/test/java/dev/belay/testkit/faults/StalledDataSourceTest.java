package dev.belay.testkit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.belay.Canceller;
import dev.belay.Context;
import dev.belay.DeadlineExceededException;
import dev.belay.testkit.Attempt;
import dev.belay.testkit.VirtualClock;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StalledDataSourceTest {

  @Test
  void aConnectionIsNotGivenUntilTheSourceIsClosed() throws Exception {
    var source = StalledDataSource.atConnect();
    Attempt<?> first = Attempt.start(source::getConnection);
    Attempt<?> second = Attempt.start(() -> source.getConnection("user", "password"));
    source.awaitStalled(2);
    first.interrupt();
    first.awaitBlocked();
    assertThat(first.isRunning()).isTrue();
    source.close();
    assertThat(first.thrown(SQLException.class).getMessage()).isEqualTo("the connection has ended");
    second.thrown(SQLException.class);
    source.awaitStalled(0);
    assertThatThrownBy(source::getConnection).isInstanceOf(SQLException.class);
  }

  /** What stalls. */
  enum Call {
    EXECUTE,
    PREPARED,
    BATCH,
    COMMIT,
    ROLLBACK;

    void on(Connection connection) throws SQLException {
      switch (this) {
        case EXECUTE -> connection.createStatement().execute("select 1");
        case PREPARED -> connection.prepareStatement("select 1").executeQuery();
        case BATCH -> connection.createStatement().executeBatch();
        case COMMIT -> connection.commit();
        case ROLLBACK -> connection.rollback();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCallEndsWithItsConnectionOnly(Call call) throws Exception {
    try (var source = StalledDataSource.atStatements();
        Connection connection = source.getConnection();
        Connection other = source.getConnection()) {
      Attempt<?> attempt =
          Attempt.start(
              () -> {
                call.on(connection);
                return null;
              });
      source.awaitStalled(1);
      attempt.interrupt();
      other.close();
      assertThat(connection.isClosed()).isFalse();
      assertThat(other.isClosed()).isTrue();
      attempt.awaitBlocked();
      assertThat(attempt.isRunning()).isTrue();
      connection.abort(Runnable::run);
      assertThat(attempt.thrown(SQLException.class).getSQLState()).isEqualTo("08006");
    }
  }

  @Test
  void aGuardedCallEndsWithItsContext(Context ctx, VirtualClock clock) throws Exception {
    try (var source = StalledDataSource.atStatements();
        Connection connection = source.getConnection();
        Statement statement = connection.createStatement();
        var limited = ctx.withTimeout(Duration.ofSeconds(1))) {
      Attempt<?> query =
          Attempt.start(
              () ->
                  limited.call(
                      Canceller.closing(connection), c -> statement.executeQuery("select 1")));
      source.awaitStalled(1);
      clock.advance(Duration.ofSeconds(1));
      query.thrown(DeadlineExceededException.class);
    }
  }

  @Test
  void closingTheSourceEndsAllItsConnections() throws Exception {
    var source = StalledDataSource.atStatements();
    Connection connection = source.getConnection();
    Attempt<?> query =
        Attempt.start(() -> connection.createStatement().executeUpdate("update t set a = 1"));
    source.awaitStalled(1);
    source.close();
    query.thrown(SQLException.class);
    assertThat(connection.isClosed()).isTrue();
    assertThat(source.getConnection().isClosed()).isTrue();
  }

  @Test
  void otherMethodsDoNothing() throws Exception {
    try (var source = StalledDataSource.atStatements();
        Connection connection = source.getConnection();
        PreparedStatement statement = connection.prepareStatement("select ?")) {
      assertThat(connection.getAutoCommit()).isTrue();
      assertThat(connection.isValid(1)).isTrue();
      connection.setAutoCommit(false);
      statement.setString(1, "a");
      statement.cancel();
      assertThat(statement.isClosed()).isFalse();
      assertThat(statement.getUpdateCount()).isZero();
      assertThat(statement.getLargeUpdateCount()).isZero();
      assertThat((Object) statement.getWarnings()).isNull();
      assertThat(statement.getMoreResults()).isFalse();
      assertThat(connection).hasToString("stalled Connection").isNotEqualTo(statement);
      assertThat(Set.of(connection).contains(connection)).isTrue();
    }
  }

  @Test
  void whatADataSourceHasBesideConnections() throws Exception {
    try (var source = StalledDataSource.atConnect()) {
      source.setLoginTimeout(1);
      source.setLogWriter(null);
      assertThat(source.getLoginTimeout()).isZero();
      assertThat(source.getLogWriter()).isNull();
      assertThat(source.unwrap(StalledDataSource.class)).isSameAs(source);
      assertThat(source.isWrapperFor(String.class)).isFalse();
      assertThatThrownBy(() -> source.unwrap(String.class)).isInstanceOf(SQLException.class);
      assertThatThrownBy(source::getParentLogger)
          .isInstanceOf(SQLFeatureNotSupportedException.class);
    }
  }
}
