package dev.belay.jobs;

import dev.belay.CheckReturnValue;
import dev.belay.Context;
import dev.belay.ContextKey;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A kind of job: what is done with the data of each, and how long that may take. It runs in {@link
 * Workers} and, with a text form of the data, in a durable queue. Immutable; any thread may use it.
 *
 * @param <T> the type of the data
 */
public final class JobKind<T> {

  /** What a job does. */
  @FunctionalInterface
  public interface Body<T> {
    /**
     * Does it.
     *
     * @param ctx of this one job: ends when its limit has passed, when it is cancelled, and when
     *     the grace of a shutdown is over; the thread is interrupted then
     * @param data as it was submitted
     */
    void run(Context ctx, T data) throws Exception;
  }

  private final String name;
  private final Duration limit;
  private final Body<T> body;
  private final ContextKey.@Nullable Codec<T> codec;

  private JobKind(String name, Duration limit, Body<T> body, ContextKey.@Nullable Codec<T> codec) {
    this.name = name;
    this.limit = limit;
    this.body = body;
    this.codec = codec;
  }

  /**
   * A kind of job.
   *
   * @param name unique within the queue; a durable queue stores it with each job
   * @param limit for one run of one job, from when it begins
   */
  @CheckReturnValue
  public static <T> JobKind<T> of(String name, Duration limit, Body<T> body) {
    Objects.requireNonNull(name, "name is null: say what jobs of this kind do");
    Objects.requireNonNull(limit, "limit is null: say how long one may take");
    Objects.requireNonNull(body, "body is null: pass what to do");
    return new JobKind<>(name, limit, body, null);
  }

  /** The same, with a text form of the data, for a durable queue. */
  @CheckReturnValue
  public JobKind<T> stored(ContextKey.Codec<T> codec) {
    return new JobKind<>(name, limit, body, Objects.requireNonNull(codec, "codec is null"));
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** How long one run may take. */
  public Duration limit() {
    return limit;
  }

  /** What is done. */
  public Body<T> body() {
    return body;
  }

  /** The text form of the data; null if it has none. */
  public ContextKey.@Nullable Codec<T> codec() {
    return codec;
  }
}
