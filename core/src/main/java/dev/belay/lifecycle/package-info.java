/**
 * A program's life. {@link dev.belay.lifecycle.Program} turns signals into the end of a context;
 * {@link dev.belay.lifecycle.Lifecycle} shuts a program's parts down in order, lets the {@link
 * dev.belay.lifecycle.InFlight} work finish within a grace, and reports what became of it.
 */
@NullMarked
package dev.belay.lifecycle;

import org.jspecify.annotations.NullMarked;
