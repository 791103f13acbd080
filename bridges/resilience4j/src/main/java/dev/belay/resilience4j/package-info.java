/**
 * Resilience4j's policies under a context. Resilience4j decides and counts; the context says how
 * much time there is, and its end is nobody's failure.
 */
@NullMarked
package dev.belay.resilience4j;

import org.jspecify.annotations.NullMarked;
