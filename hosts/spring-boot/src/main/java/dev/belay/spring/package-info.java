/**
 * Spring Boot under contexts, by auto-configuration: the program needs the dependency, and no code.
 */
@NullMarked
package dev.belay.spring;

import org.jspecify.annotations.NullMarked;
