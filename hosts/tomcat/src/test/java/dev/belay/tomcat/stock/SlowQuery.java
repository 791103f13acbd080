package dev.belay.tomcat.stock;

import dev.belay.jdbc.ContextDataSource;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/** Runs a query that takes ten minutes. */
@WebServlet("/slow")
public final class SlowQuery extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws ServletException {
    var postgres = new PGSimpleDataSource();
    postgres.setUrl(System.getProperty("shop.database"));
    try (Connection connection = ContextDataSource.wrap(postgres).getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_sleep(600)");
    } catch (SQLException e) {
      throw new ServletException(e);
    }
  }
}
