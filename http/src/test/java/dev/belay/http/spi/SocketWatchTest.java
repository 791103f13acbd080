package dev.belay.http.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.http.spi.SocketWatch.Watched;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What becomes of a watch whose descriptor is closed and opened again, at every moment. */
class SocketWatchTest {
  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);

  /** A table of descriptors that changes when a test wants it to. */
  private static final class Table implements SocketWatch.Descriptors {
    final Map<Integer, InetSocketAddress> peers = new HashMap<>();
    final Map<Integer, Long> tokens = new HashMap<>();
    private final BlockingQueue<Long> ends = new LinkedBlockingQueue<>();

    /** Happens once, between the search for a descriptor and the setting of its token. */
    Runnable afterFind = () -> {};

    void open(int descriptor, InetSocketAddress peer) {
      peers.put(descriptor, peer);
      tokens.remove(descriptor);
    }

    void end(int descriptor) {
      Long token = tokens.remove(descriptor);
      if (token != null) {
        ends.add(token);
      }
    }

    @Override
    public int find(InetSocketAddress local, InetSocketAddress remote) {
      for (var entry : peers.entrySet()) {
        if (entry.getValue().equals(remote)) {
          Runnable now = afterFind;
          int found = entry.getKey();
          afterFind = () -> {};
          now.run();
          return found;
        }
      }
      return -1;
    }

    @Override
    public boolean connects(int descriptor, InetSocketAddress local, InetSocketAddress remote) {
      return remote.equals(peers.get(descriptor));
    }

    @Override
    public boolean set(int descriptor, long token, boolean half) {
      if (peers.containsKey(descriptor)) {
        tokens.put(descriptor, token);
      }
      return peers.containsKey(descriptor);
    }

    @Override
    public void await(SocketWatch.TokenConsumer ended) {
      try {
        ended.accept(ends.take());
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final Table table = new Table();
  private final SocketWatch watch = new SocketWatch(table);
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  private static InetSocketAddress peer(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private Watched watch(int port) {
    return watch.watch(LOCAL, peer(port), true, () -> told.add("peer " + port));
  }

  @Test
  void anEndIsReportedOnce() throws Exception {
    table.open(7, peer(1001));
    table.open(8, peer(1002));
    watch(1001);
    watch(1002);
    table.end(8);
    assertThat(told.take()).isEqualTo("peer 1002");
    table.end(8);
    table.end(7);
    assertThat(told.take()).isEqualTo("peer 1001");
    assertThat(told).isEmpty();
  }

  @Test
  void whatIsNoConnectionIsNotWatched() {
    assertThat(watch(1001)).isNull();
  }

  @Test
  void nothingIsReportedAfterAStop() throws Exception {
    table.open(7, peer(1001));
    table.open(8, peer(1002));
    watch(1001).stop();
    watch(1002);
    table.end(7);
    table.end(8);
    assertThat(told.take()).isEqualTo("peer 1002");
    assertThat(told).isEmpty();
  }

  @Test
  void aStopOfAnEarlierRequestLeavesTheNextOneOfItsConnectionWatched() throws Exception {
    table.open(7, peer(1001));
    Watched first = watch(1001);
    watch(1001);
    first.stop();
    table.end(7);
    assertThat(told.take()).isEqualTo("peer 1001");
    assertThat(told).isEmpty();
  }

  @Test
  void aStopThatComesLateLeavesTheNewOwnerOfTheDescriptorWatched() throws Exception {
    table.open(7, peer(1001));
    Watched first = watch(1001);
    table.open(7, peer(1002));
    watch(1002);
    first.stop();
    table.end(7);
    assertThat(told.take()).isEqualTo("peer 1002");
    assertThat(told).isEmpty();
  }

  @Test
  void aConnectionThatIsClosedMeanwhileTakesNothingFromTheNewOwnerOfItsDescriptor()
      throws Exception {
    table.open(7, peer(1001));
    table.afterFind =
        () -> {
          table.open(7, peer(1002));
          watch(1002);
        };
    assertThat(watch(1001)).isNull();
    table.end(7);
    assertThat(told.take()).isEqualTo("peer 1002");
    assertThat(told).isEmpty();
  }

  @Test
  void aConnectionThatIsClosedMeanwhileLeavesAnUnwatchedOneAlone() throws Exception {
    table.open(7, peer(1001));
    table.open(8, peer(1003));
    table.afterFind = () -> table.open(7, peer(1002));
    assertThat(watch(1001)).isNull();
    watch(1003);
    table.end(7);
    table.end(8);
    assertThat(told.take()).isEqualTo("peer 1003");
    assertThat(told).isEmpty();
  }

  @Test
  void whatIsToBeDoneMayFail() throws Exception {
    table.open(7, peer(1001));
    table.open(8, peer(1002));
    watch.watch(
        LOCAL,
        peer(1001),
        true,
        () -> {
          throw new IllegalStateException("expected by a test");
        });
    watch(1002);
    table.end(7);
    table.end(8);
    assertThat(told.take()).isEqualTo("peer 1002");
  }
}
