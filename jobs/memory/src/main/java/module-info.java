/** Work beyond the request: a bounded queue, workers, and what became of every job. */
module dev.belay.jobs {
  requires static transitive org.jspecify;
  requires transitive dev.belay;

  exports dev.belay.jobs;
}
