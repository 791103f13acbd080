package dev.belay.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that fixtures shared by the tests of a class run threads of their own, whose names begin so:
 * a server's, a pool's. {@link LeakExtension} looks for them after the class instead of after each
 * test.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
public @interface SharedThreads {
  /** How the names of the threads begin. */
  String[] value();
}
