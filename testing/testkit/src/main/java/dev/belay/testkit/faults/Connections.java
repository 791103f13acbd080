package dev.belay.testkit.faults;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The sockets and threads of a server. Closing it ends all of them, and those that come later. */
final class Connections implements AutoCloseable {
  private final String name;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * None yet.
   *
   * @param name of its threads
   */
  Connections(String name) {
    this.name = name;
  }

  /** Work that ends when its sockets are closed. */
  @FunctionalInterface
  interface Work {
    void run() throws IOException, InterruptedException;
  }

  /** Either {@link #close} sees the socket in the set, or this sees that all is closed. */
  Socket opened(Socket socket) throws IOException {
    sockets.removeIf(Socket::isClosed);
    sockets.add(socket);
    if (closed) {
      socket.close();
    }
    return socket;
  }

  /** Closes those that are open now. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  Thread start(Work work) {
    Thread thread =
        Thread.ofVirtual()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } catch (IOException | InterruptedException e) {
                    // A side has gone, or the test is over.
                  } finally {
                    threads.remove(Thread.currentThread());
                  }
                });
    threads.add(thread);
    thread.start();
    return thread;
  }

  boolean isClosed() {
    return closed;
  }

  /** Returns when the threads have ended. An interrupt is kept. */
  @Override
  public void close() throws IOException {
    closed = true;
    boolean interrupted = false;
    while (!threads.isEmpty()) {
      cut();
      for (Thread thread : threads) {
        interrupted |= join(thread);
      }
    }
    cut();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits a little; whether an interrupt came. */
  private static boolean join(Thread thread) {
    try {
      boolean unused = thread.join(Duration.ofMillis(10));
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }
}
