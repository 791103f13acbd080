package dev.belay.contracts.socket;

import dev.belay.testkit.faults.Gauge;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The system's name resolution, but names that a test holds are not answered until it lets them go:
 * a name server that is silent. Whoever asks waits, and no interrupt helps, as in the system's own.
 *
 * <p>The tests' resources install it, in a file {@code
 * META-INF/services/java.net.spi.InetAddressResolverProvider} that names this class.
 */
public final class HeldNames extends InetAddressResolverProvider {
  private static final Map<String, Held> HELD = new ConcurrentHashMap<>();
  private static final AtomicInteger NEXT = new AtomicInteger();

  private static volatile boolean installed;

  /** For the JDK. */
  public HeldNames() {}

  /**
   * Holds a name that was never asked for: the JDK remembers what it could not resolve.
   *
   * @throws IllegalStateException if this resolver is not installed
   */
  public static Held hold() {
    InetAddress.getLoopbackAddress().getCanonicalHostName(); // loads the resolver
    if (!installed) {
      throw new IllegalStateException(
          "names cannot be held: name %s in META-INF/services/%s of the tests' resources"
              .formatted(HeldNames.class.getName(), InetAddressResolverProvider.class.getName()));
    }
    var held = new Held("held-" + NEXT.incrementAndGet() + ".invalid");
    HELD.put(held.name, held);
    return held;
  }

  @Override
  public InetAddressResolver get(Configuration configuration) {
    installed = true;
    return new Resolver(configuration.builtinResolver());
  }

  @Override
  public String name() {
    return "names held by tests";
  }

  /** A name that is not resolved; closing it fails what waits for it: there is no such host. */
  public static final class Held implements AutoCloseable {
    /** Threads that wait for the name. */
    public final Gauge waiting = new Gauge("threads that wait for a name");

    private final String name;
    private final CountDownLatch released = new CountDownLatch(1);

    private Held(String name) {
      this.name = name;
    }

    /** The name. */
    public String name() {
      return name;
    }

    private void await() {
      waiting.add(1);
      boolean interrupted = false;
      while (released.getCount() > 0) {
        try {
          released.await();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      waiting.add(-1);
    }

    /** Lets those go who wait. */
    @Override
    public void close() {
      released.countDown();
      HELD.remove(name);
    }
  }

  private record Resolver(InetAddressResolver builtin) implements InetAddressResolver {
    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
        throws UnknownHostException {
      Held held = HELD.get(host);
      if (held == null) {
        return builtin.lookupByName(host, policy);
      }
      held.await();
      throw new UnknownHostException(host);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
      return builtin.lookupByAddress(address);
    }
  }
}
