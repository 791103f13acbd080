package dev.belay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The symptoms of the page "In an incident", and what the command shows of each. */
class IncidentExamples {
  @TempDir private Path folder;

  private Jvm shop(String trouble) throws IOException {
    String path =
        Jvm.only(IncidentProgram.class, folder.resolve("classes"))
            + File.pathSeparator
            + Jvm.pathOf(Context.class);
    return Jvm.run(path, IncidentProgram.class.getName(), trouble);
  }

  @Test
  void requestsPileUpBehindTwoStatements() throws Exception {
    try (Jvm shop = shop("pile-up")) {
      assertThat(
              Jvm.belayUntil(
                  "40 in java.util.concurrent.Semaphore.* at .*IncidentProgram",
                  "waits",
                  shop.pid()))
          .contains("2 in PostgreSQL statement: update stock set left = ? where item = ?")
          .containsPattern("http-1 for shop/POST /orders \\{request=r-1}");
    }
  }

  @Test
  void aQueryThatDoesNotEndHasNoDeadline() throws Exception {
    try (Jvm shop = shop("query")) {
      assertThat(Jvm.belay("waits", shop.pid()).out())
          .contains("1 in PostgreSQL statement: select * from orders o, items i where o.day > ?")
          .contains("no deadline")
          .contains("http-1 for shop/GET /report");
    }
  }

  @Test
  void whatGrowsHasAName() throws Exception {
    try (Jvm shop = shop("leak")) {
      assertThat(
              Jvm.belayUntil(
                  "\\+\\d+ \\(\\d+ began, 0 ended, .*\\) at shop/session",
                  "leaks",
                  "--for=1",
                  shop.pid()))
          .doesNotContain("GET");
    }
  }

  @Test
  void aShutdownThatHangsHasAZombie() throws Exception {
    try (Jvm shop = shop("shutdown")) {
      assertThat(
              Jvm.belayUntil("at .*IncidentProgram.export", "zombies", "--grace=0.2", shop.pid()))
          .contains("http-1 still runs for shop/nightly export")
          .contains("SIGTERM");
    }
  }

  @Test
  void deadlinesThatPassTellWhereTheTimeWent() throws Exception {
    try (Jvm shop = shop("late")) {
      assertThat(Jvm.recorded(shop, folder))
          .allMatch(end -> end.getString("status").equals("DEADLINE_EXCEEDED"))
          .allMatch(end -> end.getString("story").contains("rates service"));
    }
  }
}
