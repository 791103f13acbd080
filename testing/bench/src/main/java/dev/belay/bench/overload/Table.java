package dev.belay.bench.overload;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The outcomes of all rounds as text: the median of each figure. */
final class Table {
  private final List<Outcome> outcomes;

  Table(List<Outcome> outcomes) {
    this.outcomes = outcomes;
  }

  /** In Markdown, a line for each scenario and form. */
  String text() {
    var out = new StringBuilder();
    out.append("| load | form | offered, 1/s | answered, 1/s | of what is possible |");
    out.append(" not answered | p50, ms | p99, ms | refused, 1/s; p99, ms |");
    out.append(" queries, calls for departed clients | CPU a request, ms | machine busy |\n");
    out.append("| --- | --- " + "| ---: ".repeat(10) + "|\n");
    for (Scenario scenario : scenarios()) {
      for (Form form : forms()) {
        out.append(line(scenario, form));
      }
    }
    return out.toString();
  }

  private String line(Scenario scenario, Form form) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %.1f | %s | %s | %.1f %% | %s | %s | %s | %.1f %%, %.1f %% | %.1f | %.0f %% |%n",
        scenario.title(),
        form.title(),
        figure(scenario, form, Outcome::offered),
        scenario.isSteady() ? number("%.1f", figure(scenario, form, Outcome::goodput)) : "",
        scenario.isSteady() && scenario.rate() >= 1
            ? number("%.2f", figure(scenario, form, Outcome::share))
            : "",
        100 * figure(scenario, form, Outcome::lost),
        number("%.0f", figure(scenario, form, outcome -> outcome.latency(0.5))),
        number("%.0f", figure(scenario, form, outcome -> outcome.latency(0.99))),
        refusals(scenario, form),
        100 * figure(scenario, form, Outcome::queriesForDeparted),
        100 * figure(scenario, form, Outcome::callsForDeparted),
        figure(scenario, form, Outcome::processorMillis),
        100 * figure(scenario, form, Outcome::busy));
  }

  private String refusals(Scenario scenario, Form form) {
    double refused = figure(scenario, form, Outcome::refused);
    double took = figure(scenario, form, outcome -> outcome.refusal(0.99));
    return refused < 0.05 ? "0" : number("%.1f", refused) + "; " + number("%.0f", took);
  }

  private static String number(String format, double figure) {
    return Double.isNaN(figure) ? "" : String.format(Locale.ROOT, format, figure);
  }

  /** How long after the last change of the rate requests were still lost, a line for each form. */
  String recoveries() {
    var out = new StringBuilder();
    for (Scenario scenario : scenarios()) {
      if (!scenario.isSteady()) {
        for (Form form : forms()) {
          double seconds = figure(scenario, form, Outcome::recovery);
          out.append(
              String.format(
                  Locale.ROOT,
                  "- %s, %s: the last request that was not answered came %.2f s after the change.%n",
                  scenario.title(),
                  form.title(),
                  seconds));
        }
      }
    }
    return out.toString();
  }

  /** The median of a figure over the rounds; NaN if it was in none. */
  double figure(Scenario scenario, Form form, ToDoubleFunction<Outcome> figure) {
    double[] all =
        outcomes.stream()
            .filter(outcome -> outcome.scenario().equals(scenario) && outcome.form() == form)
            .mapToDouble(figure)
            .filter(each -> !Double.isNaN(each))
            .sorted()
            .toArray();
    return all.length == 0 ? Double.NaN : (all[(all.length - 1) / 2] + all[all.length / 2]) / 2;
  }

  List<Scenario> scenarios() {
    return new ArrayList<>(outcomes.stream().map(Outcome::scenario).distinct().toList());
  }

  List<Form> forms() {
    return outcomes.stream()
        .map(Outcome::form)
        .distinct()
        .sorted(Comparator.naturalOrder())
        .toList();
  }
}
