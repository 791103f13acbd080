/**
 * The door between core's packages, and what they share: not exported. {@link
 * dev.belay.kernel.Kernel} is the one seam by which {@code dev.belay.spi} and {@code
 * dev.belay.group} reach what the public API does not offer.
 */
@NullMarked
package dev.belay.kernel;

import org.jspecify.annotations.NullMarked;
