package dev.belay.tomcat;

import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.contracts.server.SlowClientsContract;
import dev.belay.http.server.RequestLimits;
import java.time.Duration;

/** Tomcat's clients that send or read next to nothing. */
class SlowClientsStress extends SlowClientsContract {
  @Override
  protected ServerUnderTest start(
      ServerSettings settings, Duration body, Duration response, ServerScript script)
      throws Exception {
    return TomcatUnderTest.start(
        settings,
        TomcatUnderTest.filter(settings).withLimits(new RequestLimits(body, response)),
        new TomcatUnderTest.Served(TomcatUnderTest.endpoint(script)));
  }
}
