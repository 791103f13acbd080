/** Looks inside: timelines from JFR and bytes from JOL, for docs/guide/inside.md. */
@NullMarked
package dev.belay.bench.inside;

import org.jspecify.annotations.NullMarked;
