/**
 * Requests that end with their context: {@link dev.belay.apachehttp.ContextApacheHttpClient} puts
 * Apache HttpClient 5 under one.
 */
@NullMarked
package dev.belay.apachehttp;

import org.jspecify.annotations.NullMarked;
