/**
 * The command {@code belay}: looks at the contexts of another JVM on this machine. It loads an
 * agent into that JVM, which takes the snapshot there, writes its answer to a socket and leaves
 * ({@code dev.belay.cli.agent}); here the answer is printed.
 */
@org.jspecify.annotations.NullMarked
package dev.belay.cli;
