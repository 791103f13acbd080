package dev.belay.jetty;

import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.contracts.server.SlowClientsContract;
import dev.belay.http.server.RequestLimits;
import java.time.Duration;

/** Jetty's clients that send or read next to nothing. */
class SlowClientsStress extends SlowClientsContract {
  @Override
  protected ServerUnderTest start(
      ServerSettings settings, Duration body, Duration response, ServerScript script)
      throws Exception {
    return JettyUnderTest.start(
        settings,
        JettyUnderTest.handler(settings, script).withLimits(new RequestLimits(body, response)));
  }
}
