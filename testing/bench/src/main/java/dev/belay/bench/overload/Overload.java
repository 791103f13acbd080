package dev.belay.bench.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures all forms in all scenarios, in turn, several times, and writes docs/overload.md; or two
 * scenarios once, and fails if the order of permits does not do what it is for.
 */
public final class Overload {
  private static final String MARK = "<!-- from here on written by ./build overload -->\n";

  /** Far below what the order reaches and far above what first come first served does. */
  private static final double PLAINLY_WORSE = 0.75;

  private final List<Outcome> outcomes = new ArrayList<>();
  private final Testbed testbed;
  private final List<Form> forms;

  private Overload(Testbed testbed, List<Form> forms) {
    this.testbed = testbed;
    this.forms = forms;
  }

  /**
   * {@code Overload FOLDER PAGE PICTURE ROUNDS SECONDS}, or {@code Overload FOLDER} for the short
   * form.
   *
   * @param args FOLDER is for files of the run; each scenario takes SECONDS in each of ROUNDS
   */
  public static void main(String[] args) throws Exception {
    List<Form> forms = List.of(Form.values());
    boolean all = args.length > 1;
    try (Testbed testbed = Testbed.start(Path.of(args[0]), forms)) {
      var overload = new Overload(testbed, forms);
      overload.warmUp();
      if (all) {
        overload.measure(Scenario.all(Double.parseDouble(args[4])), Integer.parseInt(args[3]));
        overload.write(Path.of(args[1]), Path.of(args[2]));
      } else {
        overload.measure(Scenario.few(10), 1);
        overload.check();
      }
    }
  }

  private void warmUp() throws IOException, InterruptedException {
    for (Form form : forms) {
      testbed.run(form, Scenario.steady(1, 8), 60, 0);
      testbed.run(form, Scenario.steady(1, 2), 200, 0);
    }
  }

  private void measure(List<Scenario> scenarios, int rounds)
      throws IOException, InterruptedException {
    for (int round = 0; round < rounds; round++) {
      for (Scenario scenario : scenarios) {
        measure(scenario, round);
      }
    }
    System.out.println(new Table(outcomes).recoveries());
  }

  private void measure(Scenario scenario, int round) throws IOException, InterruptedException {
    double capacity = testbed.capacity(scenario, 4);
    System.out.printf("%s: %.1f a second are possible%n", scenario.title(), capacity);
    for (Form form : round % 2 == 0 ? forms : forms.reversed()) {
      Outcome outcome = testbed.run(form, scenario, capacity, round * 100L);
      outcomes.add(outcome);
      System.out.print(new Table(List.of(outcome)).text().lines().skip(2).findFirst().orElse(""));
      System.out.println(outcome.broken() == 0 ? "" : " BROKEN: " + outcome.broken());
    }
  }

  private void write(Path page, Path picture) throws IOException {
    var table = new Table(outcomes);
    Files.writeString(picture, Chart.of(table));
    String text = Files.readString(page);
    String where =
        "%s, JDK %s, %d processors. Medians of the rounds.\n\n"
            .formatted(
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors());
    Files.writeString(
        page,
        text.substring(0, text.indexOf(MARK) + MARK.length())
            + "\n"
            + where
            + table.text()
            + "\nRecovery:\n\n"
            + table.recoveries());
  }

  private void check() {
    for (Outcome outcome : outcomes) {
      boolean overloaded = outcome.scenario().rate() > 1;
      double done = overloaded ? outcome.share() : 1 - outcome.lost();
      if (outcome.form() == Form.ORDER && (done < PLAINLY_WORSE || outcome.broken() > 0)) {
        throw new AssertionError(
            "%s: %.2f of what is possible, %d broken"
                .formatted(outcome.scenario().title(), done, outcome.broken()));
      }
    }
  }
}
