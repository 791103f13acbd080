/**
 * Work that outlives the request that asked for it. {@link dev.belay.jobs.Workers} keeps jobs in a
 * bounded queue in memory; {@link dev.belay.jobs.Jobs} is what it shares with durable queues.
 */
@NullMarked
package dev.belay.jobs;

import org.jspecify.annotations.NullMarked;
