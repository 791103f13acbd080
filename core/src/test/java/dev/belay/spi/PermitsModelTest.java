package dev.belay.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.spi.ServiceModel.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the order does to a service under load, in virtual time. Times are in microseconds. */
class PermitsModelTest {
  private static final int MIXES = Integer.getInteger("belay.stress.mixes", 1_000);
  private static final int MS = 1_000;
  private static final int SECOND = 1_000 * MS;

  /** The service of docs/overload.md: two queries, a call between them, a pool of 16. */
  private static final int POOL = 16;

  private static final Kind WORK = new Kind(2, 82 * MS, 50 * MS, SECOND, SECOND, true, true);
  private static final Kind IMPATIENT =
      new Kind(2, 82 * MS, 50 * MS, SECOND / 5, SECOND, true, true);
  private static final double CAPACITY = POOL / (2 * 82.0 * MS);
  private static final long UNLOADED = 2 * 82 * MS + 50 * MS;

  private static ServiceModel served(Kind kind, double load) {
    var service = new ServiceModel(POOL, 7);
    service.offer(kind, load * CAPACITY, 60 * SECOND);
    service.run();
    return service;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 2, 3, 10})
  void underOverloadItAnswersAsManyAsItCanAndFast(double load) {
    var service = served(WORK, load);
    assertThat(service.useful()).isGreaterThan((long) (0.97 * POOL * 60 * SECOND));
    assertThat(service.latency(0.5)).isLessThan(UNLOADED * 6 / 5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 2, 3, 10})
  void clientsThatLeaveLongBeforeTheDeadlineAreServedAsWell(double load) {
    var service = served(WORK.withUnknownPatience(), load);
    assertThat(service.useful()).isGreaterThan((long) (0.97 * POOL * 60 * SECOND));
    assertThat(service.latency(0.5)).isLessThan(UNLOADED * 6 / 5);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 2, 3, 10})
  void clientsOfDifferentPatienceAreServedAsWell(double load) {
    var service = served(IMPATIENT, load);
    assertThat(service.useful()).isGreaterThan((long) (0.97 * POOL * 60 * SECOND));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1.5, 2, 3, 10})
  void clientsOfDifferentPatienceThatIsNotKnownAreServedAlmostAsWell(double load) {
    var service = served(IMPATIENT.withUnknownPatience(), load);
    assertThat(service.useful()).isGreaterThan((long) (0.93 * POOL * 60 * SECOND));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 0.8, 0.9})
  void belowItsCapacityItAnswersAll(double load) {
    assertThat(served(WORK, load).answered(WORK)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anyMixOfRequestsIsServedWellWhetherOrNotPatienceIsKnown(boolean known) {
    List<Double> goodput = new ArrayList<>();
    for (int seed = 0; seed < MIXES / 2; seed++) {
      var mix = new Mix(seed, known);
      goodput.add(mix.goodput());
      assertThat(mix.goodput()).as(mix.toString()).isGreaterThan(0.75);
      if (mix.load < 0.7) {
        assertThat(mix.leastAnswered()).as(mix.toString()).isGreaterThan(0.85);
      }
      assertThat(mix.service.overtaken()).as("begun work that waited behind new work").isZero();
    }
    goodput.sort(null);
    assertThat(goodput.get(goodput.size() / 2)).as("median").isGreaterThan(0.99);
    assertThat(goodput.get(goodput.size() / 20)).as("one mix in twenty").isGreaterThan(0.95);
  }

  /** One to three kinds of requests, up to three times what the permits can serve. */
  private static final class Mix {
    private static final int REQUESTS = 3_000;

    private final List<Kind> kinds = new ArrayList<>();
    private final int permits;
    private final double load;
    private final long duration;
    private final ServiceModel service;

    /** The same requests with a permit for each. */
    private final ServiceModel unlimited;

    Mix(long seed, boolean known) {
      var random = new SplittableRandom(seed);
      permits = 2 + random.nextInt(30);
      load = 0.3 + 3 * random.nextDouble();
      for (int i = random.nextInt(3); i >= 0; i--) {
        kinds.add(kind(random, known));
      }
      duration = (long) (REQUESTS / kinds.stream().mapToDouble(this::rate).sum());
      service = run(permits, seed);
      unlimited = run(Integer.MAX_VALUE, seed);
    }

    private static Kind kind(SplittableRandom random, boolean known) {
      int steps = 1 + random.nextInt(5);
      long service = MS + random.nextInt(100 * MS);
      long pause = random.nextInt(50 * MS);
      long impatient = (steps * (service + pause) - pause) * (3 + random.nextInt(3));
      long patient = impatient * (1 + random.nextInt(3));
      return new Kind(steps, service, pause, impatient, patient, random.nextBoolean(), known);
    }

    private double rate(Kind kind) {
      return load * permits / kinds.size() / (kind.steps() * kind.service());
    }

    private ServiceModel run(int permits, long seed) {
      var model = new ServiceModel(permits, seed);
      kinds.forEach(kind -> model.offer(kind, rate(kind), duration));
      model.run();
      return model;
    }

    /** What was done for requests that were answered, of what could have been. */
    double goodput() {
      return service.useful() / Math.min(unlimited.useful(), (double) permits * duration);
    }

    double leastAnswered() {
      return kinds.stream()
          .mapToDouble(kind -> service.answered(kind) / unlimited.answered(kind))
          .min()
          .orElseThrow();
    }

    @Override
    public String toString() {
      return "%.2f times what %d permits can serve of %s".formatted(load, permits, kinds);
    }
  }
}
