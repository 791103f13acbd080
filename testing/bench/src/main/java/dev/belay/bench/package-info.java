/** Benchmarks. */
@NullMarked
package dev.belay.bench;

import org.jspecify.annotations.NullMarked;
