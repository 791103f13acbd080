package dev.belay.testkit.assertions;

import dev.belay.Context;
import dev.belay.Ending;
import dev.belay.Status;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/** Assertions for the story of an end. */
@SuppressWarnings("exports") // AssertJ is for its user to require
public final class EndingAssert extends AbstractAssert<EndingAssert, Ending> {
  EndingAssert(@Nullable Ending actual) {
    super(actual, EndingAssert.class);
  }

  /** It is this status. */
  public EndingAssert endedWith(Status status) {
    isNotNull();
    if (actual.status() != status) {
      failWithMessage("expected %s, but it is %s", status, actual);
    }
    return this;
  }

  /** The cause is this very object, which a whole subtree shares. */
  @SuppressWarnings("ReferenceEquality") // one object for a whole subtree
  public EndingAssert causedBy(Throwable cause) {
    isNotNull();
    if (actual.cause() != cause) {
      failWithMessage(
          "expected the cause <%s>, but it is <%s> of %s", cause, actual.cause(), actual);
    }
    return this;
  }

  /** The cause is of this type. */
  public EndingAssert causedBy(Class<? extends Throwable> type) {
    isNotNull();
    if (!type.isInstance(actual.cause())) {
      failWithMessage(
          "expected a cause of type %s, but it is <%s> of %s",
          type.getName(), actual.cause(), actual);
    }
    return this;
  }

  /**
   * It is a deadline, and has passed while this step was running: a {@code call} under a context of
   * that name, or a fork.
   */
  public EndingAssert within(String step) {
    endedWith(Status.DEADLINE_EXCEEDED);
    if (!actual.message().contains(" passed in \"" + shown(step) + "\"")) {
      failWithMessage("expected the deadline to pass in \"%s\", but it is %s", step, actual);
    }
    return this;
  }

  /** The name as messages show it: bounded and escaped. */
  private static String shown(String name) {
    Context top = Context.background();
    return top.withName(name).toString().substring(top.toString().length() + 1);
  }

  /** The context that ended first has this path: the names from its root down. */
  public EndingAssert endedFirst(String path) {
    isNotNull();
    if (!actual.path().equals(path)) {
      failWithMessage("expected the end of \"%s\", but it is %s", path, actual);
    }
    return this;
  }
}
