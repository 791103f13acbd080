/** An application that a stock Tomcat runs: what {@code StockTomcatIT} packs into its war. */
@NullMarked
package dev.belay.tomcat.stock;

import org.jspecify.annotations.NullMarked;
