package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The list in which what is below a context hangs. */
class LaneTest {
  private final Lane lane = new Lane();

  /** An entry that nothing ends. */
  private static final class Hanging extends Observer {
    Hanging() {
      super(null);
    }

    @Override
    void fire() {}
  }

  private List<Entry> entries() {
    return List.of(lane.entries());
  }

  @Test
  @DisplayName("R13: an entry is taken out wherever it hangs, once")
  void anEntryIsTakenOutWhereverItHangs() {
    List<Entry> hanging = List.of(new Hanging(), new Hanging(), new Hanging(), new Hanging());
    hanging.forEach(lane::append);
    assertThat(entries()).isEqualTo(hanging);
    for (int i : new int[] {1, 0, 3, 2}) {
      lane.remove(hanging.get(i));
      lane.remove(hanging.get(i));
      assertThat(entries()).doesNotContain(hanging.get(i));
    }
    assertThat(entries()).isEmpty();
    lane.append(hanging.get(2));
    assertThat(entries()).containsExactly(hanging.get(2));
  }

  @Test
  @DisplayName("R3: what was drained belongs to the thread that drained it")
  void whatWasDrainedIsLeftAlone() {
    Entry first = new Hanging();
    Entry second = new Hanging();
    lane.append(first);
    lane.append(second);
    assertThat(lane.drained).isFalse();
    assertThat(lane.drain()).isSameAs(first);
    assertThat(lane.drained).isTrue();
    lane.remove(second);
    assertThat(first.next).isSameAs(second);
    assertThat(lane.drain()).isNull();
  }

  static Stream<Consumer<Lane>> uses() {
    return Stream.of(Lane::lock, Lane::drain, Lane::entries, lane -> lane.remove(new Hanging()));
  }

  @ParameterizedTest
  @MethodSource("uses")
  @DisplayName("R28: no thread touches a lane while another holds its lock")
  void nobodyTouchesALockedLane(Consumer<Lane> use) throws Exception {
    lane.lock();
    assertThat(lane.tryLock()).isFalse();
    Thread user = Thread.ofPlatform().start(() -> use.accept(lane));
    Fixture.awaitParked(user);
    lane.unlock();
    user.join();
  }
}
