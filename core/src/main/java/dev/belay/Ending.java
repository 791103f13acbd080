package dev.belay;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The story of an end: how, why, which context ended first, and when. The identical object for the
 * whole subtree. Immutable; any thread may read it.
 */
public final class Ending implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Status status;
  private final Throwable cause;
  private final String message;
  private final Instant at;

  /** Where the path is taken from when it is asked for; null in an instance that was serialized. */
  private final transient @Nullable AbstractContext origin;

  private volatile @Nullable String path;

  Ending(Status status, Throwable cause, String message, Instant at, AbstractContext origin) {
    this.status = status;
    this.cause = cause;
    this.message = message;
    this.at = at;
    this.origin = origin;
  }

  /** How it ended; never {@link Status#ACTIVE}. */
  public Status status() {
    return status;
  }

  /** Why it ended. */
  public Throwable cause() {
    return cause;
  }

  /** The path of the context that ended first: the names from its root down. */
  public String path() {
    String known = path;
    if (known == null) {
      known = origin == null ? "" : origin.path();
      path = known;
    }
    return known;
  }

  /**
   * When it ended, by the wall clock. For a normal close: when the story was first asked for,
   * because closes are not timed.
   */
  public Instant at() {
    return at;
  }

  /** One sentence: what ended and why; for a deadline also where the time went. */
  public String message() {
    return message;
  }

  /** Whether it is the story of a step that was not begun, and no end of its context. */
  @SuppressWarnings("ReferenceEquality") // the very story of its context's end
  boolean isRefusal() {
    return origin != null && origin.ending() != this;
  }

  private void writeObject(ObjectOutputStream out) throws IOException {
    path();
    out.defaultWriteObject();
  }

  @Override
  public String toString() {
    return status + " at " + at + ": " + message + " (" + path() + ")";
  }
}
