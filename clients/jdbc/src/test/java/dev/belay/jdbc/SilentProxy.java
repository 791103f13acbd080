package dev.belay.jdbc;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/**
 * A relay that can go silent: it then keeps its connections, and accepts new ones, but passes
 * nothing on.
 */
final class SilentProxy extends Relay {
  private volatile boolean silent;

  SilentProxy(TestDatabase.Server database) throws IOException {
    super(database);
    start();
  }

  void goSilent() {
    silent = true;
  }

  void speak() {
    silent = false;
  }

  @Override
  void ask(Socket client, Socket server) throws IOException {
    copy(client, server, this::awaitSpeech);
  }

  @Override
  void answer(Socket server, Socket client) throws IOException {
    copy(server, client, this::awaitSpeech);
  }

  private void awaitSpeech() {
    while (silent && !isClosed()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
