package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.jdbc.StatementText.Effect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is shown of statements, and which of them end a transaction. */
class StatementTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          select name from item1 where id = ?       | select name from item1 where id = ?
          select * from item where id = 4711        | select * from item where id = ?
          select -4.5, .5, 1e-9, 0xff, t.c1, f2(3)  | select -?, ?, ?, ?, t.c1, f2(?)
          where name = 'secret' and x = 'more'      | where name = ? and x = ?
          where name = 'it''s secret' and x = 1     | where name = ? and x = ?
          where name = E'it\\'s secret' and x = 'y' | where name = E?
          where path = 'C:\\', 'secret'             | where path = ?
          where name = 'secret                      | where name = ?
          where "name" = "sec""ret" or `key` = 1    | where ? = ? or `key` = ?
          values ($$se'cret$$, $a$secret$$ $a$, 2)  | values (?, ?, ?)
          values ($$secret                          | values (?
          select $1::int                            | select $1::int
          select 1 -- for secret                    | select ?
          select /* secret */ name /* secret        | select name
          select /* a /* secret */ secret */ name   | select
          """)
  void literalsAndCommentsAreNotShown(String sql, String shown) {
    assertThat(StatementText.shown(sql)).isEqualTo(shown);
  }

  @Test
  void itIsShortAndOnOneLine() {
    assertThat(StatementText.shown("select a,\n\t b")).isEqualTo("select a, b");
    assertThat(StatementText.shown("select " + "a, ".repeat(1000))).hasSize(121).endsWith("…");
    assertThat(StatementText.shown("values ('" + "secret ".repeat(1_000_000)))
        .isEqualTo("values (?…");
    assertThat(StatementText.shown("/*" + "*".repeat(1_000_000))).isEqualTo("…");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "commit",
        " COMMIT WORK;",
        "/* x */ -- y\n;End",
        "prepare transaction 'a'",
        "/* a /* b */ c */ commit",
        "/* a /* b */ commit"
      })
  void theseCommit(String sql) {
    assertThat(StatementText.effect(sql)).isEqualTo(Effect.COMMITS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"begin", "BEGIN WORK", "/**/start  transaction read only"})
  void theseBegin(String sql) {
    assertThat(StatementText.effect(sql)).isEqualTo(Effect.BEGINS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rollback", "ABORT", "Rollback Work", "rollback and chain"})
  void theseRollBack(String sql) {
    assertThat(StatementText.effect(sql)).isEqualTo(Effect.ROLLS_BACK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rollback to a", "rollback work to savepoint a", "ROLLBACK\nTO a"})
  void theseRollBackToASavepoint(String sql) {
    assertThat(StatementText.effect(sql)).isEqualTo(Effect.ROLLS_BACK_TO_SAVEPOINT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "select 'commit'",
        "committed",
        "endless()",
        "-- commit",
        "beginning",
        "/* commit",
        "/* commit */ select 1",
        "prepare p as select 1",
        "release savepoint a"
      })
  void theseDoNeither(String sql) {
    assertThat(StatementText.effect(sql)).isEqualTo(Effect.OTHER);
  }
}
