/**
 * What runs inside the JVM that is looked at. {@link dev.belay.cli.agent.Agent} is on its class
 * path; all else is loaded beside the copy of Belay that is found there, and collected afterwards.
 */
@org.jspecify.annotations.NullMarked
package dev.belay.cli.agent;
