/** What contexts cost a server, and how soon it learns that a client has left. */
@NullMarked
package dev.belay.bench.server;

import org.jspecify.annotations.NullMarked;
