package dev.belay.jdbc;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A test that a system property makes long. What hangs in it fails by itself, and sooner. */
@Test
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface LongTest {}
