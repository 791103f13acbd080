package dev.belay.jdbc;

/** A database server for {@link MoneyContract}, which can be killed and started again. */
interface Bank extends AutoCloseable {
  String jdbcUrl();

  /** Kills all its processes with SIGKILL; what was committed is kept. */
  void kill() throws Exception;

  /** Starts it again, on the same data and at the same address. */
  void restart() throws Exception;

  @Override
  void close() throws Exception;
}
