/** JDBC under a context. */
module dev.belay.jdbc {
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires transitive java.sql;
  requires static com.zaxxer.hikari;
  requires static org.postgresql.jdbc;
  requires static org.xerial.sqlitejdbc;

  exports dev.belay.jdbc;
}
