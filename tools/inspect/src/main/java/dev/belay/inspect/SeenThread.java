package dev.belay.inspect;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A thread that worked or waited under a context when a {@link Snapshot} was taken.
 *
 * @param name the thread's name; of many virtual threads it is empty
 * @param id the thread's id
 * @param virtual whether it is a virtual thread
 * @param state what it did
 * @param context the id of the context that can end, by which it is bound
 * @param path the names from the root down to that context
 * @param leftNanos until the context's deadline, 0 if that has passed; MAX_VALUE for none
 * @param ended how the context has ended, and the thread still runs; null while it is active
 * @param resource the kind of what it waits in; null if that is not known
 * @param subject what that works on, such as a statement; null if that is not known
 * @param blocker the class of what it is parked on; null if it is not parked
 * @param values the loggable values of the context
 * @param stack where it is, innermost first
 */
public record SeenThread(
    String name,
    long id,
    boolean virtual,
    Thread.State state,
    long context,
    String path,
    long leftNanos,
    @Nullable Ended ended,
    @Nullable String resource,
    @Nullable String subject,
    @Nullable String blocker,
    Map<String, String> values,
    List<StackTraceElement> stack) {

  /**
   * The end of a context under which a thread still runs.
   *
   * @param status how it ended
   * @param message one sentence: what ended it and why
   * @param ago how long before the snapshot; of a context that was closed since it was first seen
   */
  public record Ended(dev.belay.Status status, String message, Duration ago) {}

  /** What it waits in, as far as that is known: what it would be grouped by. */
  String waitsIn() {
    if (subject != null) {
      return resource + ": " + subject;
    }
    StackTraceElement frame = Stacks.own(stack);
    String at = frame == null ? "" : " at " + frame;
    if (resource != null && !resource.equals(Stacks.INTERRUPTIBLE)) {
      return resource + at;
    }
    return (blocker == null ? state.name().toLowerCase(java.util.Locale.ROOT) : blocker) + at;
  }

  String shownName() {
    return name.isEmpty() ? (virtual ? "virtual thread #" : "thread #") + id : name;
  }

  void write(Json json) {
    json.object()
        .field("name", name)
        .field("id", id)
        .field("virtual", virtual)
        .field("state", state.name())
        .field("context", context == 0 ? null : Long.toHexString(context))
        .field("path", path)
        .field("leftNanos", leftNanos == Long.MAX_VALUE ? null : leftNanos)
        .field("ended", ended == null ? null : ended.status().name())
        .field("story", ended == null ? null : ended.message())
        .field("endedMillisAgo", ended == null ? null : ended.ago().toMillis())
        .field("resource", resource)
        .field("subject", subject)
        .field("blocker", blocker)
        .field("values", values)
        .field("stack", stack.stream().map(StackTraceElement::toString).toList())
        .end();
  }
}
