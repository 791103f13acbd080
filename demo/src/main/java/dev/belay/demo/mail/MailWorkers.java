package dev.belay.demo.mail;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.jdbc.client.ContextDataSource;
import dev.belay.jdbc.client.Transactions;
import jakarta.mail.MessagingException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the mails that wait in the database. A mail is marked as sent in the transaction that holds
 * its row; one whose sending fails waits for the next try.
 */
public final class MailWorkers implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MailWorkers.class);
  private static final int WORKERS = 2;
  private static final Duration MAIL_LIMIT = Duration.ofSeconds(20);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final CancellableContext ctx;
  private final ContextDataSource database;
  private final Mailer mailer;
  private final Semaphore waiting = new Semaphore(0);
  private final List<Thread> threads = new ArrayList<>();

  /** Starts workers that run until they are closed, or {@code parent} ends. */
  public MailWorkers(Context parent, ContextDataSource database, String smtpHost, int smtpPort) {
    this.ctx = parent.withName("mail").withCancel();
    this.database = database;
    this.mailer = new Mailer(smtpHost, smtpPort);
    for (int i = 1; i <= WORKERS; i++) {
      threads.add(Thread.ofVirtual().name("mail-" + i).start(this::work));
    }
  }

  /** Says that a mail waits. */
  public void wake() {
    waiting.release();
  }

  private void work() {
    while (!ctx.isDone()) {
      try {
        if (!sendOne()) {
          // Woken by the next order; the time-out finds what an earlier run has left.
          ctx.callInterruptibly(c -> waiting.tryAcquire(5, TimeUnit.SECONDS));
        }
      } catch (ContextEndedException e) {
        log.debug("a mail was given up", e);
      } catch (InterruptedException e) {
        return;
      } catch (SQLException | MessagingException | RuntimeException e) {
        if (!ctx.isDone()) {
          log.warn("a mail was not sent, and waits for the next try: {}", e.toString());
          pause();
        }
      }
    }
  }

  private void pause() {
    try {
      ctx.sleep(PAUSE_AFTER_FAILURE);
    } catch (ContextEndedException | InterruptedException e) {
      log.debug("ended while pausing", e);
    }
  }

  private boolean sendOne() throws SQLException, MessagingException {
    try (CancellableContext one = ctx.withName("send").withTimeout(MAIL_LIMIT)) {
      return Transactions.<Boolean, MessagingException>call(
          one,
          database,
          tx -> {
            long orderId;
            String email;
            try (var select =
                    tx.prepareStatement(
                        """
                        select o.id, o.email from mail m join orders o on o.id = m.order_id
                        where m.status = 'pending'
                        order by m.order_id limit 1 for update of m skip locked
                        """);
                var row = select.executeQuery()) {
              if (!row.next()) {
                return false;
              }
              orderId = row.getLong(1);
              email = row.getString(2);
            }
            mailer.confirm(one, orderId, email);
            try (var update =
                tx.prepareStatement("update mail set status = 'sent' where order_id = ?")) {
              update.setLong(1, orderId);
              update.executeUpdate();
            }
            return true;
          });
    }
  }

  /** How many mails wait. */
  public long pending(Context ctx) throws SQLException {
    try (var connection = database.connection(ctx);
        var count =
            connection.prepareStatement("select count(*) from mail where status = 'pending'");
        var row = count.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Waits until no mail waits, or {@code ctx} ends. */
  public void drain(Context ctx) throws SQLException, InterruptedException {
    while (pending(ctx) > 0) {
      wake();
      ctx.sleep(Duration.ofMillis(20));
    }
  }

  /** Ends the workers; a mail that is being sent is given up and waits for the next start. */
  @Override
  public void close() {
    ctx.close();
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
