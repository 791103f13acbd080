package dev.belay.http.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import java.io.Closeable;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the thread of an exchange has of its caller. */
class InheritanceTest {
  private static final ThreadLocal<String> CARRIED = new ThreadLocal<>();
  private static final InheritableThreadLocal<String> INHERITABLE = new InheritableThreadLocal<>();

  private final ClassLoader loader = Thread.currentThread().getContextClassLoader();

  private final ContextCarrier carrier =
      () -> {
        String captured = CARRIED.get();
        return () -> {
          CARRIED.set(captured);
          return CARRIED::remove;
        };
      };

  @BeforeEach
  void install() {
    ContextCarriers.install(carrier);
    CARRIED.set("alice");
    INHERITABLE.set("alice");
    Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0], loader));
  }

  @AfterEach
  void remove() {
    ContextCarriers.remove(carrier);
    CARRIED.remove();
    INHERITABLE.remove();
    Thread.currentThread().setContextClassLoader(loader);
  }

  @Test
  @DisplayName(
      "R38, R39: an exchange has what was carried and its context, and inherits nothing else")
  void anExchangeInheritsNothing(Context ctx) throws Exception {
    var seen = new AtomicReference<String>();
    var found = new AtomicReference<ClassLoader>();
    var exchange =
        new BlockingExchange<Closeable>("GET", URI.create("http://localhost/")) {
          @Override
          protected Closeable send() {
            seen.set(CARRIED.get() + " " + INHERITABLE.get());
            found.set(Thread.currentThread().getContextClassLoader());
            assertThat(Context.current()).hasToString(ctx.toString());
            return () -> {};
          }

          @Override
          protected void abort() {}

          @Override
          protected boolean isConnected() {
            return true;
          }
        };
    exchange.open(ctx).close();
    assertThat(seen).hasValue("alice null");
    assertThat(found).hasValue(Context.class.getClassLoader());
  }
}
