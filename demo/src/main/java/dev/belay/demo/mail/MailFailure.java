package dev.belay.demo.mail;

import dev.belay.ContextEndedException;
import dev.belay.demo.Printable;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.eclipse.angus.mail.util.MailConnectException;
import org.jspecify.annotations.Nullable;

/**
 * Why a mail was not sent, and whether trying again makes sense.
 *
 * @param permanent whether the server has refused this mail for good: 5xx to one of its commands.
 *     Everything else may pass: 4xx, a server that is not there, does not answer or greets nobody.
 * @param reason for the log and the books: never the server's text, which may repeat the customer's
 *     address
 */
record MailFailure(boolean permanent, String reason) {
  /** With the longest pause between them, about a day. */
  private static final int MOST_ATTEMPTS = 34;

  private static final Pattern ENHANCED =
      Pattern.compile("\\b[245]\\d\\d[ -]([245]\\.\\d{1,3}\\.\\d{1,3})\\b");

  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);

  static MailFailure of(MessagingException failure) {
    // The server's reply to a command about this mail is some way down the chain, if there is one.
    for (Exception e = failure; e != null; e = next(e)) {
      int reply = reply(e);
      if (reply > 0) {
        return new MailFailure(reply >= 500, "the mail server answers " + codes(reply, e));
      }
    }
    return new MailFailure(
        false,
        failure instanceof MailConnectException
            ? "the mail server cannot be connected to"
            : "the mail could not be handed over: " + failure.getClass().getSimpleName());
  }

  static MailFailure of(ContextEndedException stalled) {
    return new MailFailure(false, Printable.of(stalled));
  }

  /** The reply's code, and the enhanced one of RFC 3463 where there is one. */
  private static String codes(int reply, Exception failure) {
    Matcher enhanced = ENHANCED.matcher(String.valueOf(failure.getMessage()));
    return reply + (enhanced.find() ? " " + enhanced.group(1) : "");
  }

  /** Whether a mail that has failed so often is given up. */
  boolean isLast(int attempts) {
    return permanent || attempts >= MOST_ATTEMPTS;
  }

  /** How long to wait after so many attempts: a second, then twice as long each time. */
  static Duration pause(int attempts) {
    Duration doubled = Duration.ofSeconds(1L << Math.min(attempts - 1, 30));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private static int reply(Exception failure) {
    return switch (failure) {
      case SMTPAddressFailedException address -> address.getReturnCode();
      case SMTPSenderFailedException sender -> sender.getReturnCode();
      case SMTPSendFailedException send -> send.getReturnCode();
      default -> 0;
    };
  }

  private static @Nullable Exception next(Exception failure) {
    return failure instanceof MessagingException mail ? mail.getNextException() : null;
  }
}
