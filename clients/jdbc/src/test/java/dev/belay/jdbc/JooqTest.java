package dev.belay.jdbc;

import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.BeforeAll;

/** jOOQ and its transactions. */
class JooqTest extends FrameworkContract {
  private DSLContext jooq;

  @BeforeAll
  void open() {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
    jooq = DSL.using(source, SQLDialect.POSTGRES);
  }

  @Override
  void sleep() {
    jooq.fetch(SLEEPY);
  }

  @Override
  void insert(int id) {
    jooq.transaction(tx -> insert(tx.dsl(), id));
  }

  @Override
  void insertAndSleep(int id) {
    jooq.transaction(
        tx -> {
          insert(tx.dsl(), id);
          tx.dsl().fetch(SLEEPY);
        });
  }

  private static void insert(DSLContext tx, int id) {
    tx.execute("insert into item values (?, 'a')", id);
  }

  @Override
  Class<? extends Throwable> timeout() {
    return DataAccessException.class;
  }
}
