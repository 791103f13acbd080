/** Confirmation mails by a worker. */
@NullMarked
package dev.belay.demo.mail;

import org.jspecify.annotations.NullMarked;
