/** Many customers at once, and whether the books balance afterwards. */
@NullMarked
package dev.belay.demo.storm;

import org.jspecify.annotations.NullMarked;
