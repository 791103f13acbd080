package dev.belay.jdbc;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.BitSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows that stop coming when the context has ended. */
final class ContextResultSet extends Forwarding<ResultSet> {
  /** Types whose objects are made of the row alone, whatever the driver. */
  private static final Set<Integer> PLAIN_TYPES =
      Set.of(
          Types.BIT,
          Types.BOOLEAN,
          Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.REAL,
          Types.FLOAT,
          Types.DOUBLE,
          Types.NUMERIC,
          Types.DECIMAL,
          Types.CHAR,
          Types.VARCHAR,
          Types.LONGVARCHAR,
          Types.NCHAR,
          Types.NVARCHAR,
          Types.LONGNVARCHAR,
          Types.DATE,
          Types.TIME,
          Types.TIME_WITH_TIMEZONE,
          Types.TIMESTAMP,
          Types.TIMESTAMP_WITH_TIMEZONE,
          Types.BINARY,
          Types.VARBINARY,
          Types.LONGVARBINARY);

  private final @Nullable Statement proxyOfStatement;
  private final @Nullable Statement statement;
  private final ContextConnection connection;
  private final boolean mayFetch;
  private final boolean closingMayWait;
  private @Nullable BitSet plainColumns;
  private long row;

  private ContextResultSet(
      @Nullable Statement proxyOfStatement,
      @Nullable Statement statement,
      ContextConnection connection,
      ResultSet rows,
      boolean closingMayWait) {
    super(rows);
    this.proxyOfStatement = proxyOfStatement;
    this.statement = statement;
    this.connection = connection;
    this.mayFetch = mayFetch(connection.driver(), rows);
    this.closingMayWait = closingMayWait;
  }

  private static boolean mayFetch(Driver driver, ResultSet rows) {
    try {
      return driver.mayFetch(rows);
    } catch (SQLException e) {
      return true; // broken already: the first move says by what
    }
  }

  /**
   * Makes {@code rows} obey the connection's context.
   *
   * @param proxyOfStatement what their user knows as their statement
   * @param statement the driver's own
   */
  static ResultSet wrap(
      Statement proxyOfStatement, Statement statement, ContextConnection connection, ResultSet rows)
      throws SQLException {
    boolean closingMayWait = connection.driver().closingMayWait();
    return wrap(
        new ContextResultSet(proxyOfStatement, statement, connection, rows, closingMayWait));
  }

  /**
   * The same for rows that no statement of their user has given: of metadata, of an array, or of a
   * cursor, which closing may close in the server.
   *
   * @param statement the driver's own that is in flight when the rows are read; null if none is
   */
  static ResultSet wrapInner(
      @Nullable Statement statement, ContextConnection connection, ResultSet rows)
      throws SQLException {
    return wrap(new ContextResultSet(null, statement, connection, rows, true));
  }

  private static ResultSet wrap(ContextResultSet wrapped) {
    if (wrapped.mayFetch && wrapped.connection.driver().closingReadsTheRest()) {
      wrapped.connection.openRows().add(wrapped);
    }
    return proxy(ResultSet.class, wrapped);
  }

  /** Whether these are the rows of {@code statement}, the driver's own. */
  boolean isOf(Statement statement) {
    return statement.equals(this.statement);
  }

  /** Ends the query if there is more to come than was read. */
  void leave() {
    if (connection.openRows().remove(this)) {
      connection.openRows().leave(statement, target);
    }
  }

  @Override
  @Nullable Object handle(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
      throws SQLException {
    SqlCallable<@Nullable Object> call = () -> forward(method, arguments);
    return switch (method.getName()) {
      case "next" -> {
        row++;
        Object found = move(call);
        if (Boolean.FALSE.equals(found)) {
          connection.openRows().remove(this);
        }
        yield found;
      }
      case "previous",
          "first",
          "last",
          "isLast",
          "absolute",
          "relative",
          "afterLast",
          "beforeFirst" ->
          move(call);
      case "getObject" -> isPlain(arguments) ? read(call) : asked(call);
      case "getStatement" -> proxyOfStatement;
      case "close" -> {
        leave();
        yield connection.closing(closingMayWait, call);
      }
      default ->
          LocalMethods.contains(method)
                  || (LocalMethods.readsTheRow(method) && !connection.driver().readsMayWait())
              ? read(call)
              : asked(call);
    };
  }

  /** A call that may ask the server, and its answer too. */
  private @Nullable Object asked(SqlCallable<@Nullable Object> call) throws SQLException {
    String phase = "reading row " + row;
    return ContextObject.wrapped(connection, statement, connection.move(statement, phase, call));
  }

  private @Nullable Object read(SqlCallable<@Nullable Object> call) throws SQLException {
    try {
      return call.call();
    } catch (SQLException e) {
      throw connection.explained(e, "reading row " + row);
    }
  }

  /** Whether the object of that column is made of what is here. */
  private boolean isPlain(@Nullable Object @Nullable [] arguments) throws SQLException {
    if (arguments == null || connection.driver().readsMayWait()) {
      return false;
    }
    int column =
        switch (arguments[0]) {
          case Integer index -> index;
          case String label -> target.findColumn(label);
          case null, default -> 0;
        };
    BitSet plain = plainColumns;
    if (plain == null) {
      plain = connection.move(statement, "reading row " + row, this::findPlainColumns);
      plainColumns = plain;
    }
    return column > 0 && plain.get(column);
  }

  private BitSet findPlainColumns() throws SQLException {
    ResultSetMetaData metaData = target.getMetaData();
    var plain = new BitSet();
    for (int i = 1; i <= metaData.getColumnCount(); i++) {
      plain.set(i, PLAIN_TYPES.contains(metaData.getColumnType(i)));
    }
    return plain;
  }

  private @Nullable Object move(SqlCallable<@Nullable Object> call) throws SQLException {
    if (mayFetch) {
      return connection.move(statement, "fetching row " + row, call);
    }
    if (connection.ctx().isDone()) {
      connection.session().cutShort();
      Failures.throwIfDone(connection.ctx(), "reading row " + row, null);
    }
    return call.call();
  }
}
