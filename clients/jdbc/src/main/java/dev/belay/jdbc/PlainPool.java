package dev.belay.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Any other data source. A broken connection is closed, or fails its pool's check. */
final class PlainPool implements Pool {
  /**
   * What pools call their size: Tomcat's, DBCP's, c3p0's and Oracle's, and those modelled on them.
   */
  private static final List<String> SIZES =
      List.of("getMaxActive", "getMaxTotal", "getMaxPoolSize", "getMaximumPoolSize");

  private final DataSource source;
  private final boolean helperThread;
  private final @Nullable Method size;

  PlainPool(DataSource source, boolean helperThread) {
    this.source = source;
    this.helperThread = helperThread;
    this.size =
        Arrays.stream(source.getClass().getMethods())
            .filter(method -> SIZES.contains(method.getName()))
            .filter(method -> method.getParameterCount() == 0)
            .filter(method -> method.getReturnType() == int.class)
            .findFirst()
            .orElse(null);
  }

  @Override
  public void evict(Connection connection) {}

  @Override
  public boolean usesHelperThread() {
    return helperThread;
  }

  @Override
  public int size() {
    try {
      return size != null && size.invoke(source) instanceof Integer most && most > 0
          ? most
          : UNKNOWN;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return UNKNOWN; // not accessible, or closed
    }
  }
}
