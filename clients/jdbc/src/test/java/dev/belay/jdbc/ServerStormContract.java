package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.CancellableContext;
import java.time.Duration;

/**
 * What a database in another process has to stand besides: bad ways for its cancels, with a half to
 * a tenth of the operations, because they take longer.
 */
abstract class ServerStormContract extends StormContract<TestDatabase.Server> {
  @Override
  int reasons(CountingSource counts) {
    return counts.doubtful();
  }

  @LongTest
  void aCancelThatIsLateIsWaitedFor(CancellableContext root) throws Exception {
    behind(
        Duration.ofMillis(20),
        1,
        PATIENCE,
        (storm, counts) -> storm.run(OPERATIONS / 4, random -> storm.cancelAtRandom(root, random)));
  }

  @LongTest
  void aConnectionWhoseCancelIsTooLateIsDiscarded(CancellableContext root) throws Exception {
    behind(
        Duration.ofMillis(100),
        1,
        Duration.ofMillis(20),
        (storm, counts) -> {
          storm.run(OPERATIONS / 10, random -> storm.cancelAtRandom(root, random));
          assertThat(counts.opened()).as("connections").isGreaterThan(POOL_SIZE);
        });
  }

  @LongTest
  void cancelsThatAreDroppedHitNobody(CancellableContext root) throws Exception {
    behind(
        Duration.ZERO,
        3,
        PATIENCE,
        (storm, counts) -> storm.run(OPERATIONS / 2, random -> storm.cancelAtRandom(root, random)));
  }

  /** Behind a proxy of which one cancel in {@code dropped} arrives, and that late. */
  private void behind(Duration delay, int dropped, Duration patience, Weather weather)
      throws Exception {
    try (var proxy = new CancelProxy(database(), delay, dropped)) {
      stormed(
          "cancels %d ms late, one of %d arrives".formatted(delay.toMillis(), dropped),
          proxy.jdbcUrl(),
          patience,
          (storm, counts) -> {
            weather.pass(storm, counts);
            DatabaseFixture.await(
                () -> proxy.settled() == proxy.cancels(), "every cancel has arrived");
            assertThat(proxy.cancels()).as("cancels").isPositive();
          });
    }
  }
}
