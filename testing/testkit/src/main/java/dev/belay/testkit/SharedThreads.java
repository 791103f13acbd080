package dev.belay.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that fixtures which several tests share, such as a server or a pool, run threads of their
 * own, whose names begin so. {@link LeakExtension} does not look for them after each test. It holds
 * for subclasses and for {@code @Nested} classes, too.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
public @interface SharedThreads {
  /** How the names of the threads begin. */
  String[] value();

  /** Who shares them. */
  Scope scope() default Scope.CLASS;

  /** How long shared threads may live. */
  enum Scope {
    /** Until the end of the class that has the annotation: they are looked for after it. */
    CLASS,

    /**
     * Until the end of the run, as those of an application context that a framework keeps for later
     * classes: they are not looked for.
     */
    RUN
  }
}
