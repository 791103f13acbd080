/** Log events that say which context they belong to. */
module dev.belay.slf4j {
  requires static transitive org.jspecify;
  requires transitive dev.belay;
  requires static transitive org.slf4j;
  requires static ch.qos.logback.classic;
  requires static transitive org.apache.logging.log4j.core;

  exports dev.belay.slf4j;

  provides org.apache.logging.log4j.core.util.ContextDataProvider with
      dev.belay.slf4j.Log4jFields;
}
