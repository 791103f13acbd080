/**
 * Requests that end with their context: {@link dev.belay.http.client.ContextHttpClient} puts the
 * JDK's client under one.
 */
@NullMarked
package dev.belay.http.client;

import org.jspecify.annotations.NullMarked;
