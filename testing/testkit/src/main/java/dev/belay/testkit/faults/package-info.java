/**
 * What the other side does when it fails, for tests of code that must end all the same: a server
 * that stalls, a proxy that fails between two sides, a data source and a process that do not
 * answer. The test that opens one closes it.
 */
@NullMarked
package dev.belay.testkit.faults;

import org.jspecify.annotations.NullMarked;
