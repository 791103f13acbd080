package dev.belay.bench.inside;

import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Something that happens in a traced run. */
@Name("dev.belay.bench.Moment")
@Label("Moment")
@StackTrace(false)
final class Moment extends Event {
  /** The moment that a timeline counts from. */
  static final String ZERO = "zero";

  private final String what;

  private Moment(String what) {
    this.what = what;
  }

  static void is(String what) {
    var moment = new Moment(what);
    moment.commit();
  }

  /** For JFR, which reads the field. */
  String what() {
    return what;
  }
}
