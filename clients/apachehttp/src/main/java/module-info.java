/** Apache HttpClient 5 under a context. */
module dev.belay.apachehttp {
  requires transitive dev.belay;
  requires transitive dev.belay.http;
  requires transitive org.apache.httpcomponents.client5.httpclient5;
  requires transitive org.apache.httpcomponents.core5.httpcore5;
  requires static transitive org.jspecify;

  exports dev.belay.apachehttp;
}
