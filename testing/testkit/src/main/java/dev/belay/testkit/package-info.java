/**
 * For tests of code that runs under contexts: start with {@link dev.belay.testkit.LeakExtension},
 * which injects a root context into a test, and {@link dev.belay.testkit.VirtualClock}.
 */
@NullMarked
package dev.belay.testkit;

import org.jspecify.annotations.NullMarked;
