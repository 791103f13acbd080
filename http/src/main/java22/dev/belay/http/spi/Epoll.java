package dev.belay.http.spi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.util.Arrays;

/**
 * Linux's {@code epoll}: see {@code epoll(7)}. Nothing is ever taken out of the set: a socket
 * leaves it by being closed, and to take out a descriptor could hit the socket that has it by then.
 */
final class Epoll implements SocketWatch.Descriptors {
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int ADD = 1;
  private static final int MODIFY = 3;
  private static final int PEER_HALF_CLOSED = 0x2000;
  private static final int ONE_SHOT = 1 << 30;

  /** The level of options of sockets, and the one that says whether a socket listens. */
  private static final int SOCKET = 1;

  private static final int LISTENS = 30;

  private static final int IPV4 = 2;
  private static final int IPV6 = 10;
  private static final int LONGEST_ADDRESS = 128;
  private static final int MOST_EVENTS = 64;

  /** The kernel packs its events on x86-64 only. */
  private static final int TOKEN_AT = System.getProperty("os.arch").equals("amd64") ? 4 : 8;

  private static final int EVENT = TOKEN_AT + 8;

  private final MethodHandle control =
      function("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private final MethodHandle wait =
      function(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private final MethodHandle peerName = nameFunction("getpeername");
  private final MethodHandle ownName = nameFunction("getsockname");
  private final MethodHandle option =
      function(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  /** For the events; used by the one thread that waits. */
  private final MemorySegment events = Arena.global().allocate((long) MOST_EVENTS * EVENT, 8);

  private final int set;

  private Epoll() {
    set = (int) call(() -> (int) create().invokeExact(CLOSE_ON_EXEC));
    if (set < 0) {
      throw new UnsupportedOperationException("the process cannot open an epoll set");
    }
  }

  /**
   * Opens one, for the life of the JVM.
   *
   * @throws UnsupportedOperationException if there is none; the message says what is missing
   */
  static SocketWatch.Descriptors open() {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw new UnsupportedOperationException("it takes Linux");
    }
    Module module = Epoll.class.getModule();
    if (!module.isNativeAccessEnabled()) {
      throw new UnsupportedOperationException(
          "start the JVM with --enable-native-access="
              + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
    }
    return new Epoll();
  }

  private static MethodHandle create() {
    return function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  }

  private static MethodHandle nameFunction(String name) {
    return function(name, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  }

  private static MethodHandle function(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(Linker.nativeLinker().defaultLookup().find(name).orElseThrow(), descriptor);
  }

  /** A native call. */
  private interface Call {
    Object make() throws Throwable;
  }

  private static Object call(Call call) {
    try {
      return call.make();
    } catch (Throwable e) {
      throw new AssertionError("a native function throws nothing", e);
    }
  }

  @Override
  public int find(InetSocketAddress local, InetSocketAddress remote) {
    String[] open = new File("/proc/self/fd").list();
    boolean reset = false;
    if (open != null) {
      for (String name : open) {
        int descriptor = Integer.parseInt(name);
        if (isNamed(ownName, descriptor, local)) {
          if (isNamed(peerName, descriptor, remote)) {
            return descriptor;
          }
          reset |= isReset(descriptor);
        }
      }
    }
    return reset ? RESET : NOT_FOUND;
  }

  /** Whether a socket that has an address of its own has no peer, and does not listen. */
  private boolean isReset(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(LONGEST_ADDRESS, 8);
      MemorySegment length = arena.allocate(JAVA_INT);
      length.set(JAVA_INT, 0, LONGEST_ADDRESS);
      MemorySegment listens = arena.allocate(JAVA_INT);
      MemorySegment size = arena.allocate(JAVA_INT);
      size.set(JAVA_INT, 0, (int) JAVA_INT.byteSize());
      return (int) call(() -> (int) peerName.invokeExact(descriptor, address, length)) != 0
          && (int) call(() -> (int) option.invokeExact(descriptor, SOCKET, LISTENS, listens, size))
              == 0
          && listens.get(JAVA_INT, 0) == 0;
    }
  }

  @Override
  public boolean connects(int descriptor, InetSocketAddress local, InetSocketAddress remote) {
    return isNamed(peerName, descriptor, remote) && isNamed(ownName, descriptor, local);
  }

  private static boolean isNamed(MethodHandle name, int descriptor, InetSocketAddress wanted) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(LONGEST_ADDRESS, 8);
      MemorySegment length = arena.allocate(JAVA_INT);
      length.set(JAVA_INT, 0, LONGEST_ADDRESS);
      int result = (int) call(() -> (int) name.invokeExact(descriptor, address, length));
      return result == 0 && port(address) == wanted.getPort() && isOf(address, wanted);
    }
  }

  private static int port(MemorySegment address) {
    return Byte.toUnsignedInt(address.get(JAVA_BYTE, 2)) << 8
        | Byte.toUnsignedInt(address.get(JAVA_BYTE, 3));
  }

  private static boolean isOf(MemorySegment address, InetSocketAddress wanted) {
    byte[] bytes =
        switch (address.get(JAVA_SHORT_UNALIGNED, 0)) {
          case IPV4 -> mapped(address.asSlice(4, 4).toArray(JAVA_BYTE));
          case IPV6 -> address.asSlice(8, 16).toArray(JAVA_BYTE);
          default -> new byte[0]; // a pipe, a file, a Unix socket
        };
    return Arrays.equals(bytes, mapped(wanted.getAddress().getAddress()));
  }

  /** As an address of IPv6, which a socket of Java's may show for one of IPv4. */
  private static byte[] mapped(byte[] address) {
    if (address.length == 16) {
      return address;
    }
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = -1;
    System.arraycopy(address, 0, mapped, 12, 4);
    return mapped;
  }

  @Override
  public boolean set(int descriptor, long token, boolean half) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT, 8);
      event.set(JAVA_INT_UNALIGNED, 0, ONE_SHOT | (half ? PEER_HALF_CLOSED : 0));
      event.set(JAVA_LONG_UNALIGNED, TOKEN_AT, token);
      return control(ADD, descriptor, event) == 0 || control(MODIFY, descriptor, event) == 0;
    }
  }

  private int control(int operation, int descriptor, MemorySegment event) {
    return (int) call(() -> (int) control.invokeExact(set, operation, descriptor, event));
  }

  @Override
  public void await(SocketWatch.TokenConsumer ended) {
    int count = (int) call(() -> (int) wait.invokeExact(set, events, MOST_EVENTS, -1));
    for (int i = 0; i < count; i++) { // negative after a signal
      ended.accept(events.get(JAVA_LONG_UNALIGNED, (long) i * EVENT + TOKEN_AT));
    }
  }
}
