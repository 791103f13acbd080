/** The order service: a shop that stops everything it does for a customer who leaves. */
@NullMarked
package dev.belay.demo;

import org.jspecify.annotations.NullMarked;
