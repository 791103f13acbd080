/**
 * HTTP under a context: the JDK's client, the remaining time on the wire, and what a server host
 * needs.
 */
module dev.belay.http {
  requires transitive dev.belay;
  requires transitive java.net.http;
  requires static transitive org.jspecify;

  exports dev.belay.http;
  exports dev.belay.http.client;
  exports dev.belay.http.server;
  exports dev.belay.http.server.middleware;
  exports dev.belay.http.spi;
  exports dev.belay.http.wire;
}
