package dev.belay;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A result that must not be dropped: a context that has to be closed or passed on, an answer that
 * has to be looked at. Error Prone, SpotBugs and IntelliJ IDEA know the annotation by its simple
 * name and report a call whose result is ignored.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.TYPE, ElementType.CONSTRUCTOR})
public @interface CheckReturnValue {}
