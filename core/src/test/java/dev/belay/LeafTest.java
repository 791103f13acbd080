package dev.belay;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The rules below a root that does not track: there a context that nobody watches is a leaf. */
@DisplayName("Below a root that does not track")
class LeafTest {
  private static CancellableContext untracked(ManualClock time) {
    return NamedContext.root("test", new Environment(time, false, false));
  }

  @Nested
  class Trees extends TreeTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Merges extends MergeTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Deadlines extends DeadlineTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Reactions extends ReactionTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Runs extends RunTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Cancellers extends CancellerTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }

  @Nested
  class Nests extends NestingTest {
    @Override
    public CancellableContext open(ManualClock time) {
      return untracked(time);
    }
  }
}
