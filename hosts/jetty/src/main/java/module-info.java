/** Jetty 12.1 as a host: a context per request that ends when the client goes away. */
module dev.belay.jetty {
  requires static org.eclipse.jetty.http2.common;
  requires static transitive org.eclipse.jetty.websocket.api;
  requires static transitive org.jspecify;
  requires transitive dev.belay.http;
  requires transitive org.eclipse.jetty.server;

  exports dev.belay.jetty;
}
