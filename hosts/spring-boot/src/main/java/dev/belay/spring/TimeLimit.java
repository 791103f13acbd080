package dev.belay.spring;

import dev.belay.DeadlineExceededException;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How long a method may take. Past it the context that the method runs under ends with {@link
 * DeadlineExceededException}, and with that what it waits for. A limit can shorten the time that
 * the caller has left, not lengthen it.
 *
 * <ul>
 *   <li>On a controller's method, or for all of its methods on the controller: of one request,
 *       until its response is complete. The answer is 504 past it.
 *   <li>On an {@code @Async} method: of one run, from its start. One that returns nothing runs
 *       detached from its caller, and has this time whatever the caller has left.
 *   <li>On a {@code @Scheduled} method: of one run.
 * </ul>
 *
 * <p>On other methods it does nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface TimeLimit {
  /**
   * A duration as Spring Boot reads it: {@code 500ms}, {@code 2s}, {@code PT1M}; more than zero.
   */
  String value();
}
