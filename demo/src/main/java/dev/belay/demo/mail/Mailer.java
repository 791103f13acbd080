package dev.belay.demo.mail;

import dev.belay.Canceller;
import dev.belay.Context;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.util.Properties;

/** Sends mails over SMTP. */
final class Mailer {
  private static final long LONGEST_WAIT_MILLIS = 30_000;

  private final String host;
  private final int port;

  Mailer(String host, int port) {
    this.host = host;
    this.port = port;
  }

  /** Sends the confirmation of an order. Its Message-ID is the order's: no order has two. */
  void confirm(Context ctx, long orderId, String email) throws MessagingException {
    var sockets = new OwnSockets();
    Session session = Session.getInstance(properties(ctx, sockets));
    var message = new OrderMessage(session, orderId);
    message.setFrom(new InternetAddress("shop@belay.example"));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(email));
    message.setSubject("Your order " + orderId);
    message.setText("Thank you. Your order " + orderId + " is confirmed.");
    ctx.run(
        new ClosingSockets(sockets),
        c -> {
          try (Transport transport = session.getTransport("smtp")) {
            transport.connect();
            message.saveChanges();
            transport.sendMessage(message, message.getAllRecipients());
          }
        });
  }

  private Properties properties(Context ctx, OwnSockets sockets) {
    // Seconds that remain bound each read and write; the end of the context closes the socket.
    String millis =
        Long.toString(Math.clamp(ctx.remainingNanos() / 1_000_000, 1, LONGEST_WAIT_MILLIS));
    var properties = new Properties();
    properties.put("mail.smtp.host", host);
    properties.put("mail.smtp.port", Integer.toString(port));
    properties.put("mail.smtp.connectiontimeout", millis);
    properties.put("mail.smtp.timeout", millis);
    properties.put("mail.smtp.writetimeout", millis);
    properties.put("mail.smtp.socketFactory", sockets);
    properties.put("mail.smtp.socketFactory.fallback", "false");
    return properties;
  }

  /** Not {@code Transport.close()}: that waits for the lock that a stuck send holds. */
  private record ClosingSockets(OwnSockets sockets) implements Canceller {
    @Override
    public void cancel(int attempt) {
      sockets.close();
    }
  }

  /** A message whose id is given, not made up. */
  private static final class OrderMessage extends MimeMessage {
    private final long orderId;

    OrderMessage(Session session, long orderId) {
      super(session);
      this.orderId = orderId;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", "<order-" + orderId + "@belay.example>");
    }
  }
}
