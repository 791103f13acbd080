package dev.belay.jdbc;

import java.io.IOException;

/** A program of its own that starts a MariaDB server; it is there to be killed. */
final class MariaDbHolder {
  private MariaDbHolder() {}

  public static void main(String[] arguments) throws IOException {
    MariaDbServer server = MariaDbServer.start();
    System.out.println(server.pid());
    System.out.println(server.data());
    int ignored = System.in.read();
  }
}
