/** OkHttp under a context. */
module dev.belay.okhttp {
  requires transitive dev.belay;
  requires transitive dev.belay.http;
  requires transitive okhttp3;
  requires okio;
  requires static transitive org.jspecify;

  exports dev.belay.okhttp;
}
