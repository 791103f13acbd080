/** Virtual time, leak checks and contracts for tests of code that runs under contexts. */
module dev.belay.testkit {
  requires static transitive org.jspecify;
  requires jdk.management;
  requires transitive dev.belay;
  requires transitive org.junit.jupiter.api;

  exports dev.belay.testkit;
  exports dev.belay.testkit.contract;
  exports dev.belay.testkit.socket;

  // Its tests are package-private, as tests are.
  opens dev.belay.testkit.contract to
      org.junit.platform.commons;

  provides org.junit.jupiter.api.extension.Extension with
      dev.belay.testkit.LeakExtension;
}
