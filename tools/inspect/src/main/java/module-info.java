/** The live tree of contexts as text, as JSON and over JMX. */
module dev.belay.inspect {
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires java.management;
  requires jdk.jfr;

  exports dev.belay.inspect;
}
