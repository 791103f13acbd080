package dev.belay.testkit.assertions;

import dev.belay.group.Fork;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

/** Assertions for forks of a group, which are known by their names. */
@SuppressWarnings("exports") // AssertJ is for its user to require
public final class ForksAssert extends AbstractAssert<ForksAssert, Collection<? extends Fork<?>>> {
  ForksAssert(@Nullable Collection<? extends Fork<?>> actual) {
    super(actual, ForksAssert.class);
  }

  /** Just these have succeeded, in this order. */
  public ForksAssert succeeded(String... names) {
    return are(Future.State.SUCCESS, names);
  }

  /** Just these have failed, in this order; a cancelled one has not. */
  public ForksAssert failed(String... names) {
    return are(Future.State.FAILED, names);
  }

  /** Just these were cancelled by the end of the group's context, in this order. */
  public ForksAssert cancelled(String... names) {
    return are(Future.State.CANCELLED, names);
  }

  private ForksAssert are(Future.State state, String... names) {
    isNotNull();
    List<String> found =
        actual.stream().filter(fork -> fork.state() == state).map(Fork::name).toList();
    if (!found.equals(List.of(names))) {
      failWithMessage("expected %s: %s, but there are: %s", state, List.of(names), states());
    }
    return this;
  }

  private String states() {
    return actual.stream()
        .map(fork -> fork.name() + " " + fork.state() + failure(fork))
        .collect(Collectors.joining(", "));
  }

  private static String failure(Fork<?> fork) {
    Throwable failure = fork.failure();
    return failure == null ? "" : " <" + failure + ">";
  }

  /** Assertions for what the fork of this name threw; null if it threw nothing. */
  public AbstractThrowableAssert<?, ? extends Throwable> failureOf(String name) {
    isNotNull();
    Fork<?> found =
        actual.stream().filter(fork -> fork.name().equals(name)).findFirst().orElse(null);
    if (found == null) {
      throw failure("expected a fork \"%s\", but there are: %s", name, states());
    }
    return Assertions.assertThat(found.failure()).as("failure of fork \"%s\"", name);
  }
}
