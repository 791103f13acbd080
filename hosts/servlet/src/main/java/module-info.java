/** Servlet containers as hosts: a filter that runs each request under a context. */
module dev.belay.servlet {
  requires static transitive org.jspecify;
  requires transitive dev.belay.http;
  requires transitive jakarta.servlet;

  exports dev.belay.servlet;
}
