/** What clients see: routes, JSON, sessions, errors. */
@NullMarked
package dev.belay.demo.web;

import org.jspecify.annotations.NullMarked;
