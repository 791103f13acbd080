/**
 * Requests that end with their context: {@link dev.belay.okhttp.ContextOkHttpClient} puts OkHttp
 * under one.
 */
@NullMarked
package dev.belay.okhttp;

import org.jspecify.annotations.NullMarked;
