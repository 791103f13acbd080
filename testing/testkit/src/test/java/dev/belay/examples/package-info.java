/** The worked examples of the guide, as tests: its code blocks are regions of these classes. */
package dev.belay.examples;
