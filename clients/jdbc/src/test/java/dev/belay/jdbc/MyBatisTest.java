package dev.belay.jdbc;

import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.exceptions.PersistenceException;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.BeforeAll;

/** MyBatis and its sessions. */
class MyBatisTest extends FrameworkContract {

  /** The statements. */
  public interface Items {
    @Insert("insert into item values (#{id}, 'a')")
    void insert(int id);

    @Select(SLEEPY)
    int sleep();
  }

  private SqlSessionFactory sessions;

  @BeforeAll
  void open() {
    var configuration =
        new Configuration(new Environment("test", new JdbcTransactionFactory(), source));
    configuration.addMapper(Items.class);
    sessions = new SqlSessionFactoryBuilder().build(configuration);
  }

  @Override
  void sleep() {
    try (SqlSession session = sessions.openSession()) {
      session.getMapper(Items.class).sleep();
    }
  }

  @Override
  void insert(int id) {
    try (SqlSession session = sessions.openSession()) {
      session.getMapper(Items.class).insert(id);
      session.commit();
    }
  }

  @Override
  void insertAndSleep(int id) {
    try (SqlSession session = sessions.openSession()) {
      session.getMapper(Items.class).insert(id);
      session.getMapper(Items.class).sleep();
      session.commit();
    }
  }

  @Override
  Class<? extends Throwable> timeout() {
    return PersistenceException.class;
  }
}
