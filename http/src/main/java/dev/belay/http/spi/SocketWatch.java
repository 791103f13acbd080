package dev.belay.http.spi;

import dev.belay.spi.HelperThread;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Watches sockets for the end of their connection, for server hosts: whatever reads from the
 * socket, and however many bytes lie unread in front of the end. It reads nothing itself.
 *
 * <p>By Linux's {@code epoll}, which needs Java 22 or newer and native access for this module
 * ({@code --enable-native-access=dev.belay.http}, on the class path {@code ALL-UNNAMED}). Where
 * that is missing nothing is watched, and one log line says so; a client that leaves behind bytes
 * that nothing reads is then noticed when they are read, at the latest at the deadline.
 *
 * <p>There is one watch for the whole JVM, with one daemon thread. Any thread may call anything.
 */
public final class SocketWatch {
  private static final Logger log = System.getLogger("dev.belay.http");

  /** Belongs to no socket that is watched. */
  private static final long NONE = 0;

  private final Descriptors descriptors;
  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock:
  private final Map<Long, Watched> byToken = new HashMap<>();
  private final Map<Integer, Watched> byDescriptor = new HashMap<>();
  private long lastToken = NONE;
  private boolean started;

  SocketWatch(Descriptors descriptors) {
    this.descriptors = descriptors;
  }

  private static final class Shared {
    static final @Nullable SocketWatch INSTANCE = open();

    private static @Nullable SocketWatch open() {
      try {
        return new SocketWatch(Epoll.open());
      } catch (UnsupportedOperationException e) {
        log.log(
            Level.INFO,
            "A client that leaves behind bytes that nothing reads is not noticed before the"
                + " deadline: "
                + e.getMessage());
        return null;
      }
    }
  }

  /** The JVM's watch; null where there can be none. The first call logs why. */
  public static @Nullable SocketWatch shared() {
    return Shared.INSTANCE;
  }

  /** What the watch asks of the operating system. No method waits but {@link #await}. */
  interface Descriptors {
    /** What {@link #find} gives if there is no such connection. */
    int NOT_FOUND = -1;

    /** What it gives if there is none, but one at the local address that was reset. */
    int RESET = -2;

    /** The descriptor of the connection between the two addresses, or one of these two numbers. */
    int find(InetSocketAddress local, InetSocketAddress remote);

    /** Whether {@code descriptor} is that of the connection, now. */
    boolean connects(int descriptor, InetSocketAddress local, InetSocketAddress remote);

    /**
     * Reports {@code token} at the next end, and no other token that was set before.
     *
     * @param half whether the end of the peer's sending is an end
     * @return false if there is no such descriptor
     */
    boolean set(int descriptor, long token, boolean half);

    /** Waits for ends, and reports their tokens: each once. */
    void await(TokenConsumer ended);
  }

  /** Takes a token. */
  @FunctionalInterface
  interface TokenConsumer {
    void accept(long token);
  }

  /** A connection that is watched. */
  public final class Watched {
    private final long token;
    private final int descriptor;
    private final InetSocketAddress local;
    private final InetSocketAddress remote;
    private final boolean half;
    private final Runnable ended;

    private Watched(
        long token,
        int descriptor,
        InetSocketAddress local,
        InetSocketAddress remote,
        boolean half,
        Runnable ended) {
      this.token = token;
      this.descriptor = descriptor;
      this.local = local;
      this.remote = remote;
      this.half = half;
      this.ended = ended;
    }

    /** Reports no end from now on; a report that has begun may still be running. */
    public void stop() {
      lock.lock();
      try {
        byToken.remove(token);
        byDescriptor.remove(descriptor, this);
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Watches the connection between the two addresses, which the caller knows to be open. Looks at
   * all descriptors of the process: microseconds for a few, milliseconds for thousands.
   *
   * @param local the address that the socket itself has
   * @param remote the address of the socket's peer, not one that a proxy has named
   * @param half whether the peer's half-close is an end
   * @param ended is run once, at the end: on the watch's thread, or on this one if the connection
   *     was reset before. It must only start what is to be done.
   * @return null if the connection cannot be found
   */
  public @Nullable Watched watch(
      InetSocketAddress local, InetSocketAddress remote, boolean half, Runnable ended) {
    int descriptor = descriptors.find(local, remote);
    if (descriptor >= 0) {
      Watched watched = begin(descriptor, local, remote, half, ended);
      if (watched != null) {
        return watched;
      }
      descriptor = descriptors.find(local, remote); // it was closed meanwhile, or reset
    }
    if (descriptor != Descriptors.RESET) {
      return null;
    }
    ended.run(); // a connection that was reset does not know its peer any more
    return new Watched(NONE, descriptor, local, remote, half, ended);
  }

  private @Nullable Watched begin(
      int descriptor,
      InetSocketAddress local,
      InetSocketAddress remote,
      boolean half,
      Runnable ended) {
    lock.lock();
    try {
      start();
      var watched = new Watched(++lastToken, descriptor, local, remote, half, ended);
      byToken.put(watched.token, watched);
      // The connection may have been closed and its descriptor be another's by now.
      if (descriptors.set(descriptor, watched.token, half)
          && descriptors.connects(descriptor, local, remote)) {
        Watched before = byDescriptor.put(descriptor, watched);
        if (before != null) {
          byToken.remove(before.token);
        }
        return watched;
      }
      byToken.remove(watched.token);
      restore(descriptor);
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Gives a descriptor back to the connection that has it now: none, or one that is watched. */
  private void restore(int descriptor) {
    Watched owner = byDescriptor.get(descriptor);
    if (owner == null
        || !descriptors.set(descriptor, owner.token, owner.half)
        || !descriptors.connects(descriptor, owner.local, owner.remote)) {
      descriptors.set(descriptor, NONE, false);
    }
  }

  private void start() {
    if (!started) {
      started = true;
      HelperThread.unstartedPlatform("belay-socket-watch", this::run).start();
    }
  }

  private void run() {
    while (true) {
      descriptors.await(this::ended);
    }
  }

  private void ended(long token) {
    Watched watched;
    lock.lock();
    try {
      watched = byToken.remove(token);
      if (watched != null) {
        byDescriptor.remove(watched.descriptor, watched);
      }
    } finally {
      lock.unlock();
    }
    if (watched != null) {
      try {
        watched.ended.run();
      } catch (Throwable e) {
        log.log(Level.WARNING, "What is to be done when a client has left failed", e);
      }
    }
  }
}
