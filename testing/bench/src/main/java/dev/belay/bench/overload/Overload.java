package dev.belay.bench.overload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Measures all forms in all scenarios, in turn, and writes docs/overload.md. */
public final class Overload {
  private final List<Outcome> outcomes = new ArrayList<>();
  private final Testbed testbed;
  private final List<Form> forms;

  private Overload(Testbed testbed, List<Form> forms) {
    this.testbed = testbed;
    this.forms = forms;
  }

  /**
   * {@code Overload FOLDER ROUNDS SECONDS [PAGE]}.
   *
   * @param args where files go, how often all is measured, for how long each, and the page to
   *     write; without one two points are measured and printed
   */
  public static void main(String[] args) throws Exception {
    int rounds = Integer.parseInt(args[1]);
    double seconds = Double.parseDouble(args[2]);
    List<Form> forms = List.of(Form.values());
    try (Testbed testbed = Testbed.start(Path.of(args[0]), forms)) {
      var overload = new Overload(testbed, forms);
      overload.warmUp();
      for (int round = 0; round < rounds; round++) {
        for (Scenario scenario : Scenario.all(seconds)) {
          overload.measure(scenario, round);
        }
      }
    }
  }

  private void warmUp() throws IOException, InterruptedException {
    for (Form form : forms) {
      testbed.run(form, Scenario.steady(1, 8), 60, 0);
      testbed.run(form, Scenario.steady(1, 2), 200, 0);
    }
  }

  private void measure(Scenario scenario, int round) throws IOException, InterruptedException {
    double capacity = testbed.capacity(scenario, 4);
    System.out.printf("%s: %.1f/s possible%n", scenario.title(), capacity);
    for (Form form : round % 2 == 0 ? forms : forms.reversed()) {
      Outcome outcome = testbed.run(form, scenario, capacity, round * 100L);
      outcomes.add(outcome);
      System.out.println(line(outcome));
    }
  }

  private static String line(Outcome o) {
    return String.format(
        Locale.ROOT,
        "  %-45s offered %5.1f answered %5.1f = %.3f  p50 %4.0f p99 %4.0f  refused %5.1f/s in %4.0f ms  departed: queries %.3f calls %.3f  recovery %.2f s  cpu %.1f ms  busy %.2f  broken %d",
        o.form().title(),
        o.offered(),
        o.goodput(),
        o.share(),
        o.latency(0.5),
        o.latency(0.99),
        o.refused(),
        o.refusal(0.99),
        o.queriesForDeparted(),
        o.callsForDeparted(),
        o.scenario().isSteady() ? 0 : o.recovery(),
        o.processorMillis(),
        o.busy(),
        o.broken());
  }
}
