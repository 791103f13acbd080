package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The hand-over between a call's return and the cancels sent to it (R21), with a shield inside the
 * call (R24), as a model that is small enough to go through every order of its steps: the body's
 * thread and two cancellers' threads. Each step is one atomic access, or what is done under the
 * hand-over's lock, of {@link GuardedCall} and {@link Handover}. Lincheck 3.7 cannot run the
 * classes themselves: its snapshots of memory fail on their waits.
 */
class HandoverModelTest {
  private static final int CANCELLERS = 2;

  /** What the code does that a model without it must fail for. */
  private enum Line {
    CLAIM_BEFORE_SENDING,
    LOOK_AND_COUNT_UNDER_THE_LOCK,
    LEAVE_WAITS,
    LEAVE_SAYS_FINISHED,
    SHIELD_LOOKS_FOR_SIGNALS,
    SHIELD_WAITS,
    SENDER_LOOKS_FOR_SHIELDS
  }

  private enum Body {
    CALLED,
    SHIELD_PUBLISHED,
    SHIELD_QUIET,
    SHIELDED,
    BARE,
    LEAVING,
    WAITING,
    RETURNED
  }

  private enum Sender {
    IDLE,
    CLAIMED,
    LOOKED,
    SENDING,
    SENT,
    OVER
  }

  private enum Phase {
    RUNNING,
    SIGNALLED,
    FINISHED
  }

  private record State(
      Body body, List<Sender> senders, Phase phase, boolean finished, boolean shield) {
    static final State FIRST =
        new State(Body.CALLED, List.of(Sender.IDLE, Sender.IDLE), Phase.RUNNING, false, false);

    State body(Body next) {
      return new State(next, senders, phase, finished, shield);
    }

    State sender(int i, Sender next) {
      var list = new ArrayList<>(senders);
      list.set(i, next);
      return new State(body, List.copyOf(list), phase, finished, shield);
    }

    State phase(Phase next) {
      return new State(body, senders, next, finished, shield);
    }

    State shield(boolean next) {
      return new State(body, senders, phase, finished, next);
    }

    State finish() {
      return new State(body, senders, phase, true, shield);
    }

    boolean sending() {
      return senders.contains(Sender.SENDING);
    }

    boolean underWay() {
      return sending() || senders.contains(Sender.SENT);
    }

    /** A cancel is under way where it must not be. */
    boolean hasVictim() {
      return sending() && (body == Body.SHIELDED || body == Body.RETURNED);
    }

    boolean isOver() {
      return body == Body.RETURNED
          && senders.stream().allMatch(s -> s == Sender.OVER || s == Sender.IDLE);
    }
  }

  /** All that can happen next. */
  private record Model(Set<Line> lines) {
    List<State> after(State s) {
      var next = new ArrayList<State>();
      body(s, next);
      for (int i = 0; i < CANCELLERS; i++) {
        sender(s, i, next);
      }
      return next;
    }

    private boolean has(Line line) {
      return lines.contains(line);
    }

    /** A sender looks for what it may hit, and counts itself, without letting go of the lock. */
    private boolean locked(State s) {
      return has(Line.LOOK_AND_COUNT_UNDER_THE_LOCK) && s.senders.contains(Sender.LOOKED);
    }

    private void body(State s, List<State> next) {
      switch (s.body) {
        case CALLED -> {
          next.add(s.shield(true).body(Body.SHIELD_PUBLISHED));
          next.add(s.body(Body.LEAVING));
        }
        case SHIELD_PUBLISHED -> {
          boolean wait = has(Line.SHIELD_LOOKS_FOR_SIGNALS) && s.phase == Phase.SIGNALLED;
          next.add(s.body(wait ? Body.SHIELD_QUIET : Body.SHIELDED));
        }
        case SHIELD_QUIET -> {
          if (!locked(s) && (!s.underWay() || !has(Line.SHIELD_WAITS))) {
            next.add(s.body(Body.SHIELDED));
          }
        }
        case SHIELDED -> next.add(s.shield(false).body(Body.BARE));
        case BARE -> next.add(s.body(Body.LEAVING));
        case LEAVING -> {
          if (s.phase == Phase.RUNNING) {
            next.add(s.phase(Phase.FINISHED).body(Body.RETURNED));
          } else if (!locked(s)) {
            State left = has(Line.LEAVE_SAYS_FINISHED) ? s.finish() : s;
            next.add(left.body(Body.WAITING));
          }
        }
        case WAITING -> {
          if (!locked(s) && (!s.underWay() || !has(Line.LEAVE_WAITS))) {
            next.add(s.body(Body.RETURNED));
          }
        }
        case RETURNED -> {}
      }
    }

    private void sender(State s, int i, List<State> next) {
      switch (s.senders.get(i)) {
        case IDLE -> {
          if (s.phase == Phase.RUNNING) {
            next.add(s.phase(Phase.SIGNALLED).sender(i, Sender.CLAIMED));
          } else if (s.phase == Phase.SIGNALLED || !has(Line.CLAIM_BEFORE_SENDING)) {
            next.add(s.sender(i, Sender.CLAIMED));
          } else {
            next.add(s.sender(i, Sender.OVER));
          }
        }
        case CLAIMED -> {
          boolean held = s.shield && has(Line.SENDER_LOOKS_FOR_SHIELDS);
          if (!locked(s) && (s.finished || !(held || s.underWay()))) {
            next.add(s.sender(i, s.finished ? Sender.OVER : Sender.LOOKED));
          }
        }
        case LOOKED -> next.add(s.sender(i, Sender.SENDING));
        case SENDING -> next.add(s.sender(i, Sender.SENT));
        case SENT -> {
          if (!locked(s)) {
            next.add(s.sender(i, Sender.CLAIMED));
          }
        }
        case OVER -> {}
      }
    }

    /** What is wrong in some order of steps; empty if all are right. */
    String wrong() {
      Set<State> seen = new HashSet<>(Set.of(State.FIRST));
      var open = new ArrayDeque<>(seen);
      for (State state = open.poll(); state != null; state = open.poll()) {
        if (state.hasVictim()) {
          return "a cancel hits in " + state;
        }
        List<State> next = after(state);
        if (next.isEmpty() && !state.isOver()) {
          return "all wait in " + state;
        }
        next.stream().filter(seen::add).forEach(open::add);
      }
      return "";
    }
  }

  @Test
  @DisplayName("R21, R24: in no order of steps is anything hit that must not be, or does all wait")
  void everyOrderOfStepsIsRight() {
    assertThat(new Model(EnumSet.allOf(Line.class)).wrong()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  @DisplayName("without any one of its lines the hand-over is wrong")
  void everyLineIsNeeded(Line line) {
    Set<Line> others = EnumSet.complementOf(EnumSet.of(line));
    assertThat(new Model(others).wrong()).isNotEmpty();
  }
}
