/**
 * How a context crosses to another process ({@link dev.belay.http.wire.WireHeaders}): its deadline
 * as the time that remains, never as a point in time, because two machines' clocks differ; its
 * trace, and what else has a key that travels. Pure functions.
 */
@NullMarked
package dev.belay.http.wire;

import org.jspecify.annotations.NullMarked;
