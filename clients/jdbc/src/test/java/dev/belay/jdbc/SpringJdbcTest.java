package dev.belay.jdbc;

import org.junit.jupiter.api.BeforeAll;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's JdbcTemplate and its transactions. */
class SpringJdbcTest extends FrameworkContract {
  private JdbcTemplate jdbc;
  private TransactionTemplate transaction;

  @BeforeAll
  void open() {
    jdbc = new JdbcTemplate(source);
    transaction = new TransactionTemplate(new DataSourceTransactionManager(source));
  }

  @Override
  void sleep() {
    jdbc.queryForObject(SLEEPY, Integer.class);
  }

  @Override
  void insert(int id) {
    transaction.executeWithoutResult(status -> jdbc.update("insert into item values (?, 'a')", id));
  }

  @Override
  void insertAndSleep(int id) {
    transaction.executeWithoutResult(
        status -> {
          jdbc.update("insert into item values (?, 'a')", id);
          sleep();
        });
  }

  @Override
  Class<? extends Throwable> timeout() {
    return QueryTimeoutException.class;
  }
}
