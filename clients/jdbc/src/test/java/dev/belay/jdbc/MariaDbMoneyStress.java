package dev.belay.jdbc;

import java.io.IOException;

/** Money in MariaDB. */
class MariaDbMoneyStress extends MoneyContract {

  @Override
  Bank start() throws IOException {
    var server = MariaDbServer.start();
    return new Bank() {
      @Override
      public String jdbcUrl() {
        return server.jdbcUrl();
      }

      @Override
      public void kill() throws IOException {
        server.kill();
      }

      @Override
      public void restart() throws IOException {
        server.restart();
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }
}
