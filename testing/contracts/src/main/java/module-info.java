/** What a host or a client that runs under contexts must do, as tests that its author extends. */
module dev.belay.contracts {
  requires java.logging;
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires transitive dev.belay.testkit;
  requires transitive org.junit.jupiter.api;

  exports dev.belay.contracts.client;
  exports dev.belay.contracts.server;
  exports dev.belay.contracts.socket;

  // The contracts' own tests are package-private, as tests are.
  opens dev.belay.contracts.client to
      org.junit.platform.commons;
  opens dev.belay.contracts.server to
      org.junit.platform.commons;
}
