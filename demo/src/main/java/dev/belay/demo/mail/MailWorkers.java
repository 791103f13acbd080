package dev.belay.demo.mail;

import dev.belay.CancellableContext;
import dev.belay.Context;
import dev.belay.ContextEndedException;
import dev.belay.demo.Printable;
import dev.belay.demo.Telemetry;
import dev.belay.http.wire.WireHeaders;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.jdbc.Transactions;
import dev.belay.lifecycle.Part;
import dev.belay.otel.Tracing;
import io.opentelemetry.api.trace.SpanKind;
import jakarta.mail.MessagingException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the mails that wait in the database. What became of one is written in the transaction that
 * holds its row: sent, given up, or due again later, so that it is in nobody's way meanwhile.
 */
@SuppressWarnings("try") // as Part
public final class MailWorkers implements Part {
  private static final Logger log = LoggerFactory.getLogger(MailWorkers.class);
  private static final int WORKERS = 4;

  /** For one talk with the mail server. */
  private static final Duration TALK_LIMIT = Duration.ofSeconds(5);

  /** Longer: what became of a talk that took too long is yet to be written. */
  private static final Duration MAIL_LIMIT = Duration.ofSeconds(10);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration COUNT_LIMIT = Duration.ofSeconds(5);

  /**
   * The mails in the database.
   *
   * @param waiting for the next start
   * @param failed that the mail server has refused for good, since the database was made
   */
  public record Left(long waiting, long failed) {}

  private final CancellableContext ctx;
  private final ContextDataSource database;
  private final Mailer mailer;
  private final Tracing tracing;
  private final WireHeaders headers;
  private final Semaphore waiting = new Semaphore(0);
  private final List<Thread> threads = new ArrayList<>();
  private volatile Left left = new Left(0, 0);

  /**
   * Starts workers that run until they are closed, or {@code parent} ends.
   *
   * @param telemetry makes a span of each mail, in the trace of its order
   */
  public MailWorkers(
      Context parent,
      ContextDataSource database,
      String smtpHost,
      int smtpPort,
      Telemetry telemetry) {
    this.tracing = telemetry.tracing().withKind(SpanKind.CONSUMER);
    this.headers = telemetry.headers();
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
          // Woken by the next order; the time-out finds what is due again.
          ctx.callInterruptibly(c -> waiting.tryAcquire(1, TimeUnit.SECONDS));
        }
      } catch (ContextEndedException e) {
        log.debug("a mail was given up", e);
      } catch (InterruptedException e) {
        return;
      } catch (SQLException | RuntimeException e) {
        if (!ctx.isDone()) {
          log.warn("the mails that wait cannot be read or written: {}", Printable.of(e));
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

  /** A mail that is due. */
  private record Mail(long orderId, String email, int attempts, String headers) {}

  private boolean sendOne() throws SQLException {
    try (CancellableContext one = ctx.withName("send").withTimeout(MAIL_LIMIT)) {
      return Transactions.<Boolean, RuntimeException>call(
          one,
          database,
          tx -> {
            Mail mail = next(tx);
            if (mail == null) {
              return false;
            }
            MailFailure failure = send(one, mail);
            if (failure == null) {
              mark(tx, mail, "sent", mail.attempts + 1, null);
            } else {
              failed(tx, mail, failure);
            }
            return true;
          });
    }
  }

  private static @Nullable Mail next(Connection tx) throws SQLException {
    try (var select =
            tx.prepareStatement(
                """
                select o.id, o.email, m.attempts, m.headers from mail m join orders o on o.id = m.order_id
                where m.status = 'pending' and m.due <= now()
                order by m.due limit 1 for update of m skip locked
                """);
        var row = select.executeQuery()) {
      return row.next()
          ? new Mail(row.getLong(1), row.getString(2), row.getInt(3), row.getString(4))
          : null;
    }
  }

  /** Why it could not be sent; null if it was. */
  private @Nullable MailFailure send(Context one, Mail mail) {
    Context order = MailHeaders.read(one, headers, mail.headers);
    try (CancellableContext talk = order.withTimeout(TALK_LIMIT)) {
      tracing.run(
          talk,
          "mail",
          c -> {
            mailer.confirm(c, mail.orderId, mail.email);
            log.info("mail of order {}: sent", mail.orderId);
          });
      return null;
    } catch (MessagingException e) {
      return MailFailure.of(e);
    } catch (ContextEndedException e) {
      one.throwIfDone(e); // the end of the worker is no fault of the mail
      return MailFailure.of(e);
    }
  }

  private static void failed(Connection tx, Mail mail, MailFailure failure) throws SQLException {
    int attempts = mail.attempts + 1;
    if (failure.isLast(attempts)) {
      log.warn("mail of order {}: given up: {}", mail.orderId, failure.reason());
      mark(tx, mail, "failed", attempts, failure.reason());
    } else {
      log.info("mail of order {}: waits after {}: {}", mail.orderId, attempts, failure.reason());
      mark(tx, mail, "pending", attempts, failure.reason());
    }
  }

  private static void mark(
      Connection tx, Mail mail, String status, int attempts, @Nullable String failure)
      throws SQLException {
    try (var update =
        tx.prepareStatement(
            """
            update mail set status = ?, attempts = ?, last_failure = ?,
              due = clock_timestamp() + ? * interval '1 second'
            where order_id = ?
            """)) {
      update.setString(1, status);
      update.setInt(2, attempts);
      update.setString(3, failure);
      update.setLong(4, MailFailure.pause(attempts).toSeconds());
      update.setLong(5, mail.orderId);
      update.executeUpdate();
    }
  }

  /** How many mails were given up. */
  public long failed(Context ctx) throws SQLException {
    return count(ctx, "status = 'failed'");
  }

  /** What the workers have left, once they are closed. */
  public Left left() {
    return left;
  }

  private long count(Context ctx, String which) throws SQLException {
    try (var connection = database.connection(ctx);
        var count = connection.prepareStatement("select count(*) from mail where " + which);
        var row = count.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Waits until no mail is due, or {@code ctx} ends. */
  @Override
  public void drain(Context ctx) throws SQLException, InterruptedException {
    while (count(ctx, "status = 'pending' and due <= now()") > 0) {
      wake();
      ctx.sleep(Duration.ofMillis(20));
    }
  }

  /** Ends the workers; a mail that is being sent is given up and waits for the next start. */
  @Override
  public void close() throws SQLException, InterruptedException {
    ctx.close();
    for (Thread thread : threads) {
      thread.join();
    }
    try (CancellableContext counting = Context.background().withTimeout(COUNT_LIMIT)) {
      left = new Left(count(counting, "status = 'pending'"), failed(counting));
    }
  }
}
