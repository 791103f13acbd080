package dev.belay.tomcat;

import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.contracts.server.TimeLimitContract;
import dev.belay.http.server.RequestLimits;
import java.time.Duration;

/** Tomcat's clients have so much time for a body and for a response. */
class TimeLimitsIT extends TimeLimitContract {
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
