/**
 * How a deadline crosses to another process: as the time that remains, never as a point in time,
 * because two machines' clocks differ. Pure functions.
 */
@NullMarked
package dev.belay.http.wire;

import org.jspecify.annotations.NullMarked;
