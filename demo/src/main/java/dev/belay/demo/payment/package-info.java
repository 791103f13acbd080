/** The payment service, reached over HTTP although it is this same program, and its client. */
@NullMarked
package dev.belay.demo.payment;

import org.jspecify.annotations.NullMarked;
