package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

/** The build runs the tests with the newest and with the oldest Jetty: each is the one it says. */
class JettyVersionTest {

  @Test
  void theJettyUnderTestIsTheOneThatTheBuildNames() {
    assertThat(Server.getVersion())
        .isEqualTo(System.getProperty("belay.jetty.version", Server.getVersion()));
  }
}
