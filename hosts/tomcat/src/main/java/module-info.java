/** Tomcat 11 and 10.1 as hosts: the client's leave is noticed while a servlet blocks. */
module dev.belay.tomcat {
  requires static transitive org.jspecify;
  requires transitive dev.belay.servlet;
  requires transitive org.apache.tomcat.embed.core;

  exports dev.belay.tomcat;
}
