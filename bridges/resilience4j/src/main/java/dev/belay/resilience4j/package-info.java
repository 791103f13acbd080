/**
 * Resilience4j's policies under a context. Resilience4j decides and counts; the context says how
 * much time is left, and its end does not count as a failure.
 */
@NullMarked
package dev.belay.resilience4j;

import org.jspecify.annotations.NullMarked;
