package dev.belay.jdbc;

import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;
import java.sql.Struct;
import java.time.temporal.Temporal;
import java.util.Date;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The methods of JDBC that never wait for the server: they go to the driver as they are. Every
 * other one, also one that a later JDBC adds, is a call that the end of the context ends.
 */
final class LocalMethods {
  private static final Map<Class<?>, Set<String>> LOCAL =
      Map.ofEntries(
          Map.entry(
              Connection.class,
              Set.of(
                  "createStatement",
                  "nativeSQL",
                  "getAutoCommit",
                  "isClosed",
                  "getMetaData",
                  "getWarnings",
                  "clearWarnings",
                  "getTypeMap",
                  "setTypeMap",
                  "getHoldability",
                  "setHoldability",
                  "getNetworkTimeout",
                  "setNetworkTimeout",
                  "beginRequest",
                  "endRequest")),
          Map.entry(
              Statement.class,
              Set.of(
                  "getMaxFieldSize",
                  "setMaxFieldSize",
                  "getMaxRows",
                  "setMaxRows",
                  "getLargeMaxRows",
                  "setLargeMaxRows",
                  "setEscapeProcessing",
                  "getQueryTimeout",
                  "setQueryTimeout",
                  "getWarnings",
                  "clearWarnings",
                  "setCursorName",
                  "getUpdateCount",
                  "getLargeUpdateCount",
                  "getFetchDirection",
                  "setFetchDirection",
                  "getFetchSize",
                  "setFetchSize",
                  "getResultSetConcurrency",
                  "getResultSetType",
                  "getResultSetHoldability",
                  "addBatch",
                  "clearBatch",
                  "getConnection",
                  "isClosed",
                  "setPoolable",
                  "isPoolable",
                  "closeOnCompletion",
                  "isCloseOnCompletion",
                  "enquoteLiteral",
                  "enquoteIdentifier",
                  "isSimpleIdentifier",
                  "enquoteNCharLiteral")),
          Map.entry(
              PreparedStatement.class,
              Set.of(
                  "setNull",
                  "setBoolean",
                  "setByte",
                  "setShort",
                  "setInt",
                  "setLong",
                  "setFloat",
                  "setDouble",
                  "setBigDecimal",
                  "setString",
                  "setNString",
                  "setBytes",
                  "setDate",
                  "setTime",
                  "setTimestamp",
                  "setURL",
                  "setAsciiStream",
                  "setUnicodeStream",
                  "setBinaryStream",
                  "setCharacterStream",
                  "setNCharacterStream",
                  "clearParameters",
                  "addBatch")),
          Map.entry(
              ResultSet.class,
              Set.of(
                  "getStatement",
                  "wasNull",
                  "getWarnings",
                  "clearWarnings",
                  "getCursorName",
                  "findColumn",
                  "isBeforeFirst",
                  "isAfterLast",
                  "isFirst",
                  "getRow",
                  "getFetchDirection",
                  "setFetchDirection",
                  "getFetchSize",
                  "setFetchSize",
                  "getType",
                  "getConcurrency",
                  "getHoldability",
                  "isClosed",
                  "rowUpdated",
                  "rowInserted",
                  "rowDeleted")),
          Map.entry(
              ResultSetMetaData.class, Set.of("getColumnCount", "getColumnLabel", "getColumnName")),
          Map.entry(ParameterMetaData.class, Set.of("getParameterCount")),
          Map.entry(Array.class, Set.of("getBaseType", "getBaseTypeName")),
          Map.entry(Struct.class, Set.of("getSQLTypeName")),
          Map.entry(Ref.class, Set.of("getBaseTypeName")),
          Map.entry(Blob.class, Set.of()),
          Map.entry(Clob.class, Set.of()));

  /** Of {@link ResultSet}: they read the current row, which most drivers have in memory. */
  private static final Set<String> READ_THE_ROW =
      Set.of(
          "getString",
          "getNString",
          "getBoolean",
          "getByte",
          "getShort",
          "getInt",
          "getLong",
          "getFloat",
          "getDouble",
          "getBigDecimal",
          "getBytes",
          "getDate",
          "getTime",
          "getTimestamp",
          "getURL",
          "getAsciiStream",
          "getUnicodeStream",
          "getBinaryStream",
          "getCharacterStream",
          "getNCharacterStream");

  private LocalMethods() {}

  static boolean contains(Method method) {
    Class<?> type = method.getDeclaringClass();
    return type == DatabaseMetaData.class
        ? isConstant(method)
        : LOCAL.getOrDefault(type, Set.of()).contains(method.getName());
  }

  /** Whether a method of {@link DatabaseMetaData} says what the driver, or a greeting, has said. */
  private static boolean isConstant(Method method) {
    String name = method.getName();
    return name.startsWith("supports")
        || name.startsWith("getDriver")
        || name.startsWith("getDatabase")
        || name.startsWith("getJDBC")
        || name.equals("getURL")
        || name.equals("getConnection")
        || name.equals("getIdentifierQuoteString");
  }

  /** Whether a method of {@link ResultSet} reads the current row and nothing else. */
  static boolean readsTheRow(Method method) {
    return READ_THE_ROW.contains(method.getName());
  }

  static boolean isPrepared(Method method) {
    return method.getDeclaringClass() == PreparedStatement.class;
  }

  /** Whether a parameter's value is one that no driver looks up a type for. */
  static boolean isPlain(@Nullable Object @Nullable [] arguments) {
    return arguments != null
        && switch (arguments[1]) {
          case null -> true;
          case String value -> true;
          case Number value -> true;
          case Boolean value -> true;
          case Character value -> true;
          case byte[] value -> true;
          case UUID value -> true;
          case Date value -> true;
          case Temporal value -> true;
          default -> false;
        };
  }
}
