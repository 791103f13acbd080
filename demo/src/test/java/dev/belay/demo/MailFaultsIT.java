package dev.belay.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The mail server refuses, stalls, or is not there: orders are taken, and no mail is in the way.
 */
class MailFaultsIT extends ShopTesting {
  @AutoClose private static FaultyMailServer server;

  @BeforeAll
  static void faulty() throws Exception {
    server = new FaultyMailServer();
    open(Settings.embedded().withSmtp(server.address()));
  }

  @BeforeEach
  void well() {
    server.greetWith("220 ready");
  }

  private static long orderFor(String address) throws Exception {
    HttpResponse<String> answer = order(ORDER.replace("ada@example.org", address));
    assertThat(answer.statusCode()).isEqualTo(201);
    return CONFIRMED.getLast();
  }

  private static void awaitMail(long order, String wanted) throws Exception {
    while (number("select count(*) from mail where order_id = " + order + " and " + wanted) == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aMailThatIsRefusedForGoodIsGivenUpAtOnce() throws Exception {
    server.reply("nobody@example.org", "550 5.1.1 <nobody@example.org>: no such user");
    long refused = orderFor("nobody@example.org");
    long other = orderFor("somebody@example.org");
    awaitMail(other, "status = 'sent' and attempts = 1");
    awaitMail(refused, "status = 'failed' and attempts = 1 and last_failure like '%550 5.1.1%'");
    assertThat(number("select count(*) from mail where last_failure like '%@%'")).isZero();
    assertThat(server.accepted()).doesNotContain("nobody@example.org");
  }

  @Test
  void aMailThatIsRefusedForNowIsTriedAgainLater() throws Exception {
    String address = "grey@example.org";
    server.reply(address, "451 4.7.1 greylisted");
    long refused = orderFor(address);
    awaitMail(refused, "status = 'pending' and attempts = 2 and due > now() + interval '1 second'");
    long other = orderFor("somebody@example.org");
    awaitMail(other, "status = 'sent'");
    server.accept(address);
    awaitMail(refused, "status = 'sent' and attempts = 3");
    assertThat(server.accepted()).containsOnlyOnce(address);
  }

  @Test
  void mailsThatStallAreInNobodysWayForLong() throws Exception {
    server.reply("tar@example.org", FaultyMailServer.STALL);
    long stalled = orderFor("tar@example.org");
    long other = orderFor("quick@example.org");
    awaitMail(other, "status = 'sent'");
    assertThat(number("select attempts from mail where order_id = " + stalled)).isZero();
    awaitMail(stalled, "status = 'pending' and attempts = 1");
    server.accept("tar@example.org");
    awaitMail(stalled, "status = 'sent' and attempts = 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"421 closing", "554 no SMTP service here"})
  void aServerThatTakesNothingIsNoFaultOfTheMail(String greeting) throws Exception {
    server.greetWith(greeting);
    long order = orderFor("ada@example.org");
    awaitMail(order, "status = 'pending' and attempts = 1");
    server.greetWith("220 ready");
    awaitMail(order, "status = 'sent'");
  }

  @Test
  void aMailThatWasTriedForADayIsGivenUp() throws Exception {
    server.reply("late@example.org", "451 not now");
    long order = orderFor("late@example.org");
    awaitMail(order, "attempts = 1");
    try (var connection = shop.pool().getConnection();
        var sql = connection.createStatement()) {
      sql.execute("update mail set attempts = 33, due = now() where order_id = " + order);
    }
    awaitMail(order, "status = 'failed' and attempts = 34");
  }

  @Test
  void withoutAServerOrdersAreTakenAndTheirMailsWait() throws Exception {
    String nobodysAddress;
    try (var gone = new FaultyMailServer()) {
      nobodysAddress = gone.address();
    }
    open(Settings.embedded().withSmtp(nobodysAddress));
    CONFIRMED.clear(); // of the shop before, whose database is gone
    long order = orderFor("ada@example.org");
    awaitMail(order, "status = 'pending' and attempts = 2 and last_failure like '%connect%'");
    assertThat(shop.shutdown().mails().waiting()).isEqualTo(1);
    open(Settings.embedded().withSmtp(server.address()));
    CONFIRMED.clear();
  }
}
