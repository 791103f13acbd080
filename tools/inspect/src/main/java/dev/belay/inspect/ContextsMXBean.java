package dev.belay.inspect;

/** The live tree over JMX, as {@value #NAME}; {@link ContextsBean#register} puts it there. */
public interface ContextsMXBean {
  /** The name of the bean. */
  String NAME = "dev.belay:type=Contexts";

  /** How many contexts live. */
  int getLiveCount();

  /** The tree as a text of at most so many lines. */
  String tree(int lines);

  /** What threads wait in, as a text. */
  String waits();

  /** A {@link Snapshot} as JSON. */
  String json();
}
