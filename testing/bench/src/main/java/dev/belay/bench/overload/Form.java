package dev.belay.bench.overload;

/** How the service is built. */
enum Form {
  ORDER("Jetty with Belay"),
  FIFO("the same, the pool first come first served"),
  BARE("Jetty with time-outs");

  private final String title;

  Form(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
