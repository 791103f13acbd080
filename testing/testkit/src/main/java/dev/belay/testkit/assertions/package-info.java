/**
 * AssertJ assertions for contexts: import {@link
 * dev.belay.testkit.assertions.ContextAssertions#assertThat} statically, beside AssertJ's own. They
 * need {@code org.assertj:assertj-core} on the class path, which the test kit does not bring.
 */
@NullMarked
package dev.belay.testkit.assertions;

import org.jspecify.annotations.NullMarked;
