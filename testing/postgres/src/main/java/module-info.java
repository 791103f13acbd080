/** Starts a real PostgreSQL server for a program or a test, and never leaves one behind. */
module dev.belay.postgres {
  requires static transitive org.jspecify;
  requires org.apache.commons.compress;
  requires org.tukaani.xz;

  exports dev.belay.postgres;
}
