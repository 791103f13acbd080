/** Virtual time, leak checks and the contract of a context, for tests of code under contexts. */
module dev.belay.testkit {
  requires static transitive org.jspecify;
  requires jdk.management;
  requires transitive dev.belay;
  requires transitive org.junit.jupiter.api;

  exports dev.belay.testkit;

  // The contract's own tests are package-private, as tests are.
  opens dev.belay.testkit to
      org.junit.platform.commons;

  provides org.junit.jupiter.api.extension.Extension with
      dev.belay.testkit.LeakExtension;
}
