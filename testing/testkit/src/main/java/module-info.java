/** Virtual time, leak checks, assertions and faults for tests of code under contexts. */
module dev.belay.testkit {
  requires static transitive org.jspecify;
  requires jdk.management;
  requires transitive dev.belay;
  requires static transitive java.sql;
  // Not transitive: a module without AssertJ could not be compiled then.
  requires static org.assertj.core;
  requires transitive org.junit.jupiter.api;

  exports dev.belay.testkit;
  exports dev.belay.testkit.assertions;
  exports dev.belay.testkit.faults;

  // The contract's own tests are package-private, as tests are.
  opens dev.belay.testkit to
      org.junit.platform.commons;

  provides org.junit.jupiter.api.extension.Extension with
      dev.belay.testkit.LeakExtension;
}
