package dev.belay.testkit.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.belay.testkit.Attempt;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultProxyIT {
  @AutoClose private Echo echo;
  @AutoClose private FaultProxy proxy;

  @BeforeEach
  void open() throws IOException {
    echo = new Echo();
    proxy = FaultProxy.to(echo.port());
  }

  /** Sends back what comes. */
  private static final class Echo implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Connections connections = new Connections("echo");
    private final Gauge open = new Gauge("open connections of the server");
    private final Gauge bytes = new Gauge("bytes that came");

    Echo() throws IOException {
      connections.start(
          () -> {
            while (true) {
              Socket client = connections.opened(server.accept());
              connections.start(() -> serve(client));
            }
          });
    }

    int port() {
      return server.getLocalPort();
    }

    private void serve(Socket client) throws IOException {
      open.add(1);
      try (client) {
        InputStream in = client.getInputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
          bytes.add(1);
          client.getOutputStream().write(next);
        }
      } finally {
        open.add(-1);
      }
    }

    @Override
    public void close() throws IOException {
      server.close();
      connections.close();
    }
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), proxy.port());
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static String read(Socket socket, int bytes) throws IOException {
    return new String(socket.getInputStream().readNBytes(bytes), US_ASCII);
  }

  /** Whether the connection has ended: by a FIN, or by a RST. */
  private static boolean ends(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void bytesPassBothWaysUntilBothHaveClosed() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "hello");
      assertThat(read(socket, 5)).isEqualTo("hello");
      socket.shutdownOutput();
      assertThat(ends(socket)).isTrue();
    }
    echo.open.await(0);
  }

  @Test
  void silenceHoldsWhatComesUntilItPasses() throws Exception {
    try (Socket before = connect()) {
      send(before, "a");
      assertThat(read(before, 1)).isEqualTo("a");
      proxy.goSilent();
      try (Socket during = connect()) {
        send(before, "b");
        send(during, "c");
        echo.open.await(2); // a new connection is made, and hears nothing
        assertThat(echo.bytes.value()).isEqualTo(1);
        assertThat(before.getInputStream().available()).isZero();
        proxy.pass();
        assertThat(read(before, 1)).isEqualTo("b");
        assertThat(read(during, 1)).isEqualTo("c");
      }
    }
  }

  @Test
  void aSilentProxyCanBeClosed() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "a");
      assertThat(read(socket, 1)).isEqualTo("a");
      proxy.goSilent();
      send(socket, "b");
      proxy.close();
      assertThat(ends(socket)).isTrue();
    }
  }

  @Test
  void droppingEndsOpenConnectionsAndNewOnes() throws Exception {
    try (Socket before = connect()) {
      send(before, "a");
      assertThat(read(before, 1)).isEqualTo("a");
      proxy.drop();
      assertThat(ends(before)).isTrue();
      try (Socket during = connect()) {
        assertThat(ends(during)).isTrue();
      }
      echo.open.await(0);
      proxy.pass();
      try (Socket after = connect()) {
        send(after, "b");
        assertThat(read(after, 1)).isEqualTo("b");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4})
  void aConnectionIsCutAtAByteOfTheAnswers(int bytes) throws Exception {
    proxy.cutAfter(bytes);
    try (Socket socket = connect()) {
      send(socket, "hello");
      assertThat(read(socket, bytes)).isEqualTo("hello".substring(0, bytes));
      assertThat(ends(socket)).isTrue();
    }
    echo.open.await(0);
  }

  @Test
  void aConnectionThatIsPastTheByteIsCutAtItsNext() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "hello");
      assertThat(read(socket, 5)).isEqualTo("hello");
      proxy.cutAfter(2);
      send(socket, "x");
      assertThat(ends(socket)).isTrue();
    }
  }

  @Test
  void whatIsDelayedComesNoEarlier() throws Exception {
    var delay = Duration.ofMillis(30);
    proxy.delay(delay);
    try (Socket socket = connect()) {
      long begun = System.nanoTime();
      send(socket, "a");
      assertThat(read(socket, 1)).isEqualTo("a");
      // There and back again.
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(delay.multipliedBy(2));
    }
  }

  @Test
  void whatIsOnItsWayHoldsUpNothingThatComesLater() throws Exception {
    try (var sink = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        var slow = FaultProxy.to(sink.getLocalPort())) {
      slow.delay(Duration.ofSeconds(Long.MAX_VALUE));
      try (var socket =
              new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), slow.port());
          var server = sink.accept()) {
        // More than the buffers of the sockets keep: it has come, and waits for its time.
        socket.getOutputStream().write(new byte[8_000_000]);
        socket.shutdownOutput();
        assertThat(server.getInputStream().available()).isZero();
        slow.pass();
        assertThat(server.getInputStream().readAllBytes()).hasSize(8_000_000);
      }
    }
  }

  @Test
  void aLongDelayEndsWithTheProxy() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "a");
      assertThat(read(socket, 1)).isEqualTo("a");
      proxy.delay(Duration.ofDays(1));
      send(socket, "b");
      Attempt<?> closing =
          Attempt.start(
              () -> {
                proxy.close();
                return null;
              });
      assertThat(closing.failure()).isNull();
      assertThat(ends(socket)).isTrue();
    }
  }

  @Test
  void aFilterDecidesWhatPasses() throws Exception {
    var closed = new CountDownLatch(2);
    var made = new AtomicInteger();
    class Word implements FaultProxy.Filter {
      Word() {
        made.incrementAndGet();
      }

      @Override
      public boolean passToServer(byte[] bytes) {
        return !new String(bytes, US_ASCII).contains("forbidden");
      }

      @Override
      public boolean passToClient(byte[] bytes) {
        return !new String(bytes, US_ASCII).contains("secret");
      }

      @Override
      public void closed() {
        closed.countDown();
      }
    }
    try (var filtering = FaultProxy.to(echo.port(), Word::new)) {
      for (String word : new String[] {"forbidden", "secret"}) {
        try (var socket = new Socket("127.0.0.1", filtering.port())) {
          send(socket, "a");
          assertThat(read(socket, 1)).isEqualTo("a");
          send(socket, word);
          ends(socket);
        }
      }
      closed.await();
      assertThat(made).hasValue(2);
    }
    assertThat(echo.bytes.value()).isLessThanOrEqualTo(2 + "secret".length());
  }

  @Test
  void aConnectionToNoServerEnds() throws Exception {
    echo.close();
    try (Socket socket = connect()) {
      assertThat(ends(socket)).isTrue();
    }
  }

  @Test
  void numbersThatMakeNoSenseAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> proxy.cutAfter(-1))
        .withMessage("bytes is -1: cut after none or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> proxy.delay(Duration.ofNanos(-1)))
        .withMessageContaining("nothing arrives before it is sent");
  }
}
