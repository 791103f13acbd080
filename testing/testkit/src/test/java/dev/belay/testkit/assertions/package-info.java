/** Tests that each assertion passes and fails. */
package dev.belay.testkit.assertions;
