package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.Test;

/** The watch without a server: what Jetty tells, the test tells. */
class RequestWatchTest {
  private final AtomicReference<Consumer<Throwable>> jetty = new AtomicReference<>();

  @Test
  void theHandlerDoesNotGoOnBeforeItWasToldWhoeverElseIsTelling() throws Exception {
    var calls = new AtomicInteger();
    var firstIsIn = new CountDownLatch(1);
    var firstMayGoOn = new CountDownLatch(1);
    var firstIsOut = new CountDownLatch(1);
    var watch = RequestWatch.of(request());
    watch.begin(
        why -> {
          if (calls.incrementAndGet() == 1) {
            firstIsIn.countDown();
            awaitQuietly(firstMayGoOn); // it has told nobody yet
            firstIsOut.countDown();
          }
        });
    jetty.get().accept(new IOException("reset"));
    firstIsIn.await();
    watch.close();
    assertThat(calls).hasValue(2);
    firstMayGoOn.countDown();
    firstIsOut.await();
  }

  /** A request over what Belay has no end point for, which keeps who listens for failures. */
  private Request request() {
    ConnectionMetaData connection = proxy(ConnectionMetaData.class, argument -> HttpVersion.HTTP_3);
    return proxy(
        Request.class,
        argument -> {
          if (argument instanceof Consumer<?> listener) {
            @SuppressWarnings("unchecked") // the one method of Request that takes a Consumer
            var ofFailures = (Consumer<Throwable>) listener;
            jetty.set(ofFailures);
          }
          return connection;
        });
  }

  private interface Answer {
    Object to(Object argument);
  }

  /** Answers every method by its first argument; nothing where nothing is asked for. */
  private static <T> T proxy(Class<T> type, Answer answer) {
    Object made =
        Proxy.newProxyInstance(
            RequestWatchTest.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object value = answer.to(arguments == null ? "none" : arguments[0]);
              return method.getReturnType().isInstance(value) ? value : null;
            });
    return type.cast(made);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
