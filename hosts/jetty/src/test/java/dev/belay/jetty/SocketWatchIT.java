package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.http.spi.SocketWatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The watch by epoll, on real sockets. It is tested here because a version of a class for newer
 * JDKs takes effect only in a jar: the module http does not yet have one when its tests run.
 */
class SocketWatchIT {
  @BeforeEach
  void onLinuxAndInAJar() {
    Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "it takes Linux");
    Assumptions.assumeTrue(Runtime.version().feature() >= 22, "it takes Java 22");
    String place = SocketWatch.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    Assumptions.assumeTrue(place.endsWith(".jar"), "the module http is not packaged");
    assertThat(SocketWatch.shared()).isNotNull();
  }

  /** The two ends of a connection. */
  private record Pair(Socket client, Socket server) implements AutoCloseable {
    static Pair open(InetAddress address) throws Exception {
      try (var listening = new ServerSocket(0, 1, address)) {
        var client = new Socket(address, listening.getLocalPort());
        return new Pair(client, listening.accept());
      }
    }

    SocketWatch.Watched watch(boolean half, Runnable ended) {
      return SocketWatch.shared()
          .watch(
              (InetSocketAddress) server.getLocalSocketAddress(),
              (InetSocketAddress) server.getRemoteSocketAddress(),
              half,
              ended);
    }

    @Override
    public void close() throws Exception {
      client.close();
      server.close();
    }
  }

  private static void isNoticed(InetAddress address, boolean reset) throws Exception {
    var ended = new CountDownLatch(1);
    try (var pair = Pair.open(address)) {
      pair.client.getOutputStream().write(new byte[100_000]);
      assertThat(pair.watch(true, ended::countDown)).isNotNull();
      pair.client.setSoLinger(reset, 0);
      pair.client.close();
      ended.await();
    }
  }

  @Test
  void anEndIsNoticedBehindUnreadBytes() throws Exception {
    isNoticed(InetAddress.getByName("127.0.0.1"), false);
    isNoticed(InetAddress.getByName("127.0.0.1"), true);
  }

  @Test
  void anEndIsNoticedOverIpv6() throws Exception {
    try (var probe = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      assertThat(probe.isBound()).isTrue();
    } catch (java.io.IOException e) {
      Assumptions.abort("this machine has no IPv6");
    }
    isNoticed(InetAddress.getByName("::1"), false);
  }

  @Test
  void anEndThatCameBeforeTheWatchIsNoticed() throws Exception {
    var ended = new CountDownLatch(1);
    try (var pair = Pair.open(InetAddress.getLoopbackAddress())) {
      pair.client.close();
      assertThat(pair.server.getInputStream().read()).isNegative(); // it has arrived
      assertThat(pair.watch(true, ended::countDown)).isNotNull();
      ended.await();
    }
  }

  /** Faults, B: a connection that was reset does not know its peer any more. */
  @Test
  void aResetThatCameBeforeTheWatchIsNoticed() throws Exception {
    var ended = new CountDownLatch(1);
    try (var pair = Pair.open(InetAddress.getLoopbackAddress())) {
      var local = (InetSocketAddress) pair.server.getLocalSocketAddress();
      var remote = (InetSocketAddress) pair.server.getRemoteSocketAddress();
      pair.client.getOutputStream().write(new byte[100_000]);
      pair.client.setSoLinger(true, 0);
      pair.client.close();
      assertThat(SocketWatch.shared().watch(local, remote, true, ended::countDown)).isNotNull();
      ended.await();
    }
  }

  @Test
  void aSocketThatListensWasNotReset() throws Exception {
    try (var listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var local = (InetSocketAddress) listening.getLocalSocketAddress();
      var ended = new CountDownLatch(1);
      assertThat(SocketWatch.shared().watch(local, local, true, ended::countDown)).isNull();
      assertThat(ended.getCount()).isOne();
    }
  }

  @Test
  void aHalfCloseIsNoEndWhereItIsNotWanted() throws Exception {
    var ended = new CountDownLatch(1);
    try (var pair = Pair.open(InetAddress.getLoopbackAddress())) {
      assertThat(pair.watch(false, ended::countDown)).isNotNull();
      pair.client.shutdownOutput();
      assertThat(pair.server.getInputStream().read()).isNegative();
      try (var later = Pair.open(InetAddress.getLoopbackAddress())) {
        var other = new CountDownLatch(1);
        assertThat(later.watch(true, other::countDown)).isNotNull();
        later.client.close();
        other.await(); // ends are reported in order
      }
      assertThat(ended.getCount()).isOne();
    }
  }

  @Test
  void aSocketThatIsClosedCannotBeFound() throws Exception {
    Pair pair = Pair.open(InetAddress.getLoopbackAddress());
    var local = (InetSocketAddress) pair.server.getLocalSocketAddress();
    var remote = (InetSocketAddress) pair.server.getRemoteSocketAddress();
    pair.server.close();
    assertThat(SocketWatch.shared().watch(local, remote, true, () -> {})).isNull();
    pair.close();
  }
}
