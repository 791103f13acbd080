/** What the contracts of clients and servers share; not exported. */
@NullMarked
package dev.belay.contracts;

import org.jspecify.annotations.NullMarked;
