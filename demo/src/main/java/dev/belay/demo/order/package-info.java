/** An order from stock to the books. */
@NullMarked
package dev.belay.demo.order;

import org.jspecify.annotations.NullMarked;
