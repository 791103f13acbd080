/** A job processor: see docs/guide/jobs.md. */
@NullMarked
package dev.belay.examples.jobs;

import org.jspecify.annotations.NullMarked;
