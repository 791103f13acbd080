package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.group.TaskGroup;
import dev.belay.spi.ContextCarrier;
import dev.belay.spi.ContextCarriers;
import dev.belay.spi.ContextEvent;
import dev.belay.spi.ContextEvents;
import dev.belay.spi.ContextListener;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;

/** The code of docs/guide/listeners.md. */
class ListenerExamples extends Fixture {

  // @start region=listener
  /** Counts how contexts end, and collects what a person should look at. */
  static final class EndCounter implements ContextListener {
    final Map<Status, LongAdder> ends = new ConcurrentHashMap<>();
    final Queue<String> alarms = new ConcurrentLinkedQueue<>();

    @Override
    public void on(ContextEvent event) {
      switch (event) {
        case ContextEvent.Ended e ->
            ends.computeIfAbsent(e.ending().status(), status -> new LongAdder()).increment();
        case ContextEvent.Abandoned e ->
            alarms.add(e.resource() + " did not stop within " + e.patience());
        default -> {} // later versions may report more kinds
      }
    }
  }

  // @end region=listener

  @Test
  void aListenerCountsEnds() throws Exception {
    // @start region=install
    var counter = new EndCounter();
    ContextEvents.install(counter); // once, when the program starts
    // @end region=install
    try {
      root.withCancel().close();
      root.withCancel().cancel();
      try (var limited = root.withTimeout(Duration.ofSeconds(2))) {
        clock.advance(Duration.ofSeconds(2));
        assertThat(limited.isDone()).isTrue();
      }
      ContextEvents.report(
          new ContextEvent.Abandoned(root, "a statement", Duration.ofSeconds(10), true));
    } finally {
      ContextEvents.remove(counter);
    }
    assertThat(counter.ends.get(Status.CLOSED).sum()).isEqualTo(1);
    assertThat(counter.ends.get(Status.CANCELLED).sum()).isEqualTo(1);
    assertThat(counter.ends.get(Status.DEADLINE_EXCEEDED).sum()).isEqualTo(1);
    assertThat(counter.alarms).containsExactly("a statement did not stop within PT10S");
  }

  // @start region=carrier
  static final ThreadLocal<String> REQUEST_ID = new ThreadLocal<>();

  /** Copies the request's id to every thread that Belay starts for its caller. */
  static final ContextCarrier REQUEST_ID_CARRIER =
      () -> {
        String captured = REQUEST_ID.get(); // on the caller's thread
        return () -> {
          String before = REQUEST_ID.get(); // on the thread that runs the task
          REQUEST_ID.set(captured);
          return () -> REQUEST_ID.set(before); // there too, when the task has returned
        };
      };

  // @end region=carrier

  @Test
  void aCarrierTakesTheRequestIdToAFork() throws Exception {
    ContextCarriers.install(REQUEST_ID_CARRIER);
    REQUEST_ID.set("r-17");
    try (var group = TaskGroup.<String>open(root)) {
      group.fork("with the id", c -> "order of " + REQUEST_ID.get());
      assertThat(group.join()).containsExactly("order of r-17");
    } finally {
      REQUEST_ID.remove();
      ContextCarriers.remove(REQUEST_ID_CARRIER);
    }
  }
}
