package dev.belay.bench.overload;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * What a request asks for: a query, a call of the backend, a query. The queries wait and do not
 * compute, so that the pool is what is scarce and not the machine.
 *
 * @param id the request's
 * @param query how long each query takes, in milliseconds
 * @param call how long the call takes, in milliseconds
 */
record Work(long id, int query, int call) {
  /** What a complete answer ends with. */
  static final String END = "\"done\":true}";

  static final int POOL = 16;

  private static final String QUERY = "select ?::bigint, pg_sleep(?)";

  static Work of(Request request) throws Exception {
    Fields asked = Request.extractQueryParameters(request);
    return new Work(
        Long.parseLong(asked.getValue("id")),
        Integer.parseInt(asked.getValue("query")),
        Integer.parseInt(asked.getValue("call")));
  }

  PreparedStatement prepare(Connection connection) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(QUERY);
    statement.setLong(1, id);
    statement.setDouble(2, query / 1000.0);
    return statement;
  }

  static long result(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  URI call(String backend) {
    return URI.create("%s/call?id=%d&call=%d".formatted(backend, id, call));
  }

  static String answer(long first, String middle, long second) {
    return "{\"first\":%d,\"middle\":\"%s\",\"second\":%d,".formatted(first, middle, second) + END;
  }
}
