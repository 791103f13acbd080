package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Outcome;

/**
 * The jcstress tests in small: some turns of each in every build. {@code ./build stress} gives them
 * to jcstress itself, which finds what is rare.
 */
class ActorsStress {
  private static final int TURNS = Integer.getInteger("belay.stress.actors", 500);

  @TestFactory
  Stream<DynamicTest> everyOutcomeIsAcceptable() {
    return Stream.of(
            EndRaces.class,
            LinkRaces.class,
            TimerRaces.class,
            ReactionRaces.class,
            CallRaces.class,
            PermitRaces.class)
        .flatMap(races -> Arrays.stream(races.getDeclaredClasses()))
        .filter(race -> race.getAnnotationsByType(Outcome.class).length > 0)
        .map(race -> DynamicTest.dynamicTest(race.getSimpleName(), () -> new Race(race).run()));
  }

  /** Two threads that meet before each turn. */
  private static final class Race {
    private final Class<?> race;
    private final Set<String> acceptable;
    private final Method[] actors;
    private final Optional<Method> arbiter;
    private final Optional<Class<?>> result;
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile Object state;
    private volatile Object seen;

    Race(Class<?> race) {
      this.race = race;
      acceptable =
          Arrays.stream(race.getAnnotationsByType(Outcome.class))
              .flatMap(outcome -> Arrays.stream(outcome.id()))
              .collect(Collectors.toSet());
      actors =
          Arrays.stream(race.getMethods())
              .filter(method -> method.isAnnotationPresent(Actor.class))
              .toArray(Method[]::new);
      arbiter =
          Arrays.stream(race.getMethods())
              .filter(method -> method.isAnnotationPresent(Arbiter.class))
              .findFirst();
      result =
          Stream.concat(Arrays.stream(actors), arbiter.stream())
              .flatMap(method -> Arrays.<Class<?>>stream(method.getParameterTypes()))
              .findFirst();
    }

    void run() throws Exception {
      var turn = new CyclicBarrier(2);
      var second =
          new FutureTask<Void>(
              () -> {
                for (int i = 0; i < TURNS; i++) {
                  turn.await();
                  meet(2 * i + 2);
                  call(actors[1]);
                  turn.await();
                }
                return null;
              });
      Thread.ofPlatform().daemon().start(second);
      for (int i = 0; i < TURNS; i++) {
        state = race.getConstructor().newInstance();
        seen = result.orElseThrow().getConstructor().newInstance();
        turn.await();
        meet(2 * i + 2);
        call(actors[0]);
        turn.await();
        if (arbiter.isPresent()) {
          call(arbiter.get());
        }
        assertThat(seen.toString()).isIn(acceptable);
      }
      second.get();
    }

    private void meet(int both) {
      arrived.incrementAndGet();
      for (int i = 0; arrived.get() < both; i++) {
        if (i > 1_000) {
          Thread.yield();
        } else {
          Thread.onSpinWait();
        }
      }
    }

    private void call(Method method) throws IllegalAccessException, InvocationTargetException {
      if (method.getParameterCount() == 0) {
        method.invoke(state);
      } else {
        method.invoke(state, seen);
      }
    }
  }
}
