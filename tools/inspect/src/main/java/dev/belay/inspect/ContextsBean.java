package dev.belay.inspect;

import dev.belay.spi.TreeInspector;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** Registers the {@link ContextsMXBean} with the platform's server, until it is closed. */
public final class ContextsBean implements AutoCloseable {
  private final MBeanServer server;
  private final ObjectName name;

  private ContextsBean(MBeanServer server, ObjectName name) {
    this.server = server;
    this.name = name;
  }

  /**
   * Registers the bean.
   *
   * @throws IllegalStateException if it is registered already
   */
  public static ContextsBean register() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      var name = new ObjectName(ContextsMXBean.NAME);
      server.registerMBean(new Bean(), name);
      return new ContextsBean(server, name);
    } catch (JMException e) {
      throw new IllegalStateException(ContextsMXBean.NAME + " cannot be registered", e);
    }
  }

  /** Takes the bean away; a second close does nothing. */
  @Override
  public void close() {
    try {
      if (server.isRegistered(name)) {
        server.unregisterMBean(name);
      }
    } catch (JMException e) {
      throw new IllegalStateException(name + " cannot be unregistered", e);
    }
  }

  private static final class Bean implements ContextsMXBean {
    @Override
    public int getLiveCount() {
      int[] count = new int[1];
      TreeInspector.walk(
          live -> {
            count[0]++;
            return true;
          });
      return count[0];
    }

    @Override
    public String tree(int lines) {
      return Snapshot.take().tree(lines);
    }

    @Override
    public String waits() {
      return Waits.of(Snapshot.take()).toString();
    }

    @Override
    public String json() {
      return Snapshot.take().json();
    }
  }
}
