/**
 * Work that outlives the request that asked for it: {@link dev.belay.jobs.Workers} take jobs from a
 * bounded queue in memory.
 */
@NullMarked
package dev.belay.jobs;

import org.jspecify.annotations.NullMarked;
