/**
 * Every log event has the path of the context it was made under and the context's loggable values,
 * on every thread. Log4j 2 and Logback ask for them when an event is made: nothing is put into a
 * thread-local, so nothing has to be copied to other threads or cleared afterwards.
 *
 * <p>Log4j finds {@link dev.belay.slf4j.Log4jFields} by itself; for Logback call {@link
 * dev.belay.slf4j.LogbackFields#install()} when the program starts.
 */
@org.jspecify.annotations.NullMarked
package dev.belay.slf4j;
