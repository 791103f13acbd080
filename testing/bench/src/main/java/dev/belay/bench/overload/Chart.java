package dev.belay.bench.overload;

import java.util.List;
import java.util.Locale;

/** The picture: how many clients are answered, by how many come. SVG. */
final class Chart {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 60;
  private static final int TOP = 40;
  private static final int RIGHT = 20;
  private static final int BOTTOM = 60;
  private static final List<String> COLORS = List.of("#1f6fb2", "#e67e22", "#7f8c8d");

  private final Table table;
  private final StringBuilder out = new StringBuilder();
  private double mostOffered;
  private double mostAnswered;

  private Chart(Table table) {
    this.table = table;
  }

  static String of(Table table) {
    return new Chart(table).drawn();
  }

  private record Point(double offered, double answered) {}

  private List<Point> points(Form form) {
    return table.scenarios().stream()
        .filter(Scenario::isPlain)
        .map(
            scenario ->
                new Point(
                    table.figure(scenario, form, Outcome::offered),
                    table.figure(scenario, form, Outcome::goodput)))
        .toList();
  }

  private String drawn() {
    for (Form form : table.forms()) {
      for (Point point : points(form)) {
        mostOffered = Math.max(mostOffered, point.offered);
        mostAnswered = Math.max(mostAnswered, point.answered * 1.2);
      }
    }
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">",
        WIDTH, HEIGHT);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT);
    axes();
    for (Form form : table.forms()) {
      line(form);
    }
    add("</svg>");
    return out.toString();
  }

  private void axes() {
    int bottom = HEIGHT - BOTTOM;
    add(
        "<path d=\"M%d %d V%d H%d\" fill=\"none\" stroke=\"#333\"/>",
        LEFT, TOP, bottom, WIDTH - RIGHT);
    for (int offered = 0; offered <= mostOffered; offered += 50) {
      add(
          "<text x=\"%.0f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
          x(offered), bottom + 18, offered);
    }
    for (int answered = 0; answered <= mostAnswered; answered += 25) {
      add(
          "<text x=\"%d\" y=\"%.0f\" text-anchor=\"end\">%d</text>",
          LEFT - 8, y(answered) + 4, answered);
    }
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">requests that come, per second</text>",
        WIDTH / 2, HEIGHT - 20);
    add("<text x=\"%d\" y=\"20\">requests that are answered in time, per second</text>", LEFT);
  }

  @SuppressWarnings("EnumOrdinal") // the order of the forms is that of the colours
  private void line(Form form) {
    String color = COLORS.get(form.ordinal() % COLORS.size());
    var path = new StringBuilder();
    for (Point point : points(form)) {
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.offered), y(point.answered)));
      add(
          "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>",
          x(point.offered), y(point.answered), color);
    }
    add(
        "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"/>",
        path.toString().strip(), color);
    int key = TOP + 130 + 20 * form.ordinal();
    add("<path d=\"M%d %d h30\" stroke=\"%s\" stroke-width=\"2.5\"/>", WIDTH - 360, key, color);
    add("<text x=\"%d\" y=\"%d\">%s</text>", WIDTH - 320, key + 4, form.title());
  }

  private double x(double offered) {
    return LEFT + offered / mostOffered * (WIDTH - LEFT - RIGHT);
  }

  private double y(double answered) {
    return HEIGHT - BOTTOM - answered / mostAnswered * (HEIGHT - TOP - BOTTOM);
  }

  @SuppressWarnings("AnnotateFormatMethod") // private: every call is on this page
  private void add(String format, Object... args) {
    out.append(String.format(Locale.ROOT, format, args)).append('\n');
  }
}
