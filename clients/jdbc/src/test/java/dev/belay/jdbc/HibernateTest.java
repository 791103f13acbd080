package dev.belay.jdbc;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import org.hibernate.QueryTimeoutException;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Hibernate and its transactions. */
class HibernateTest extends FrameworkContract {

  /** A row of the table. */
  @Entity(name = "item")
  @SuppressWarnings("UnusedVariable") // Hibernate reads the fields
  public static class Item {
    @Id private int id;
    private String name;

    /** For Hibernate. */
    public Item() {}

    Item(int id) {
      this.id = id;
      this.name = "a";
    }
  }

  private SessionFactory sessions;

  @BeforeAll
  void open() {
    var configuration = new Configuration().addAnnotatedClass(Item.class);
    configuration.getProperties().put("hibernate.connection.datasource", source);
    sessions = configuration.buildSessionFactory();
  }

  @AfterAll
  void closeSessions() {
    sessions.close();
  }

  @Override
  void sleep() {
    sessions.inSession(HibernateTest::sleep);
  }

  @Override
  void insert(int id) {
    sessions.inTransaction(session -> session.persist(new Item(id)));
  }

  @Override
  void insertAndSleep(int id) {
    sessions.inTransaction(
        session -> {
          session.persist(new Item(id));
          session.flush();
          sleep(session);
        });
  }

  private static void sleep(Session session) {
    session.createNativeQuery(SLEEPY, Integer.class).getSingleResult();
  }

  @Override
  Class<? extends Throwable> timeout() {
    return QueryTimeoutException.class;
  }
}
