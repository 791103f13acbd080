package dev.belay.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.catalina.util.ServerInfo;
import org.junit.jupiter.api.Test;

/** The build runs the tests with four Tomcats: each is the one it says. */
class TomcatVersionTest {

  @Test
  void theTomcatUnderTestIsTheOneThatTheBuildNames() {
    String expected = System.getProperty("belay.tomcat.version");
    assertThat(expected == null ? ServerInfo.getServerNumber() : expected + ".0")
        .isEqualTo(ServerInfo.getServerNumber());
  }
}
