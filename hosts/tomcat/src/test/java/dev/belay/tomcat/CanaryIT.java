package dev.belay.tomcat;

import dev.belay.contracts.server.CanaryContract;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import org.junit.jupiter.api.Nested;

/** What a client sends is repeated nowhere, with and without middleware. */
class CanaryIT {
  @Nested
  class Plain extends CanaryContract {
    @Override
    protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
      return TomcatUnderTest.start(settings, script);
    }
  }

  @Nested
  class WithMiddleware extends CanaryContract {
    @Override
    protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
      var endpoint = TomcatUnderTest.withMiddleware(TomcatUnderTest.endpoint(script));
      return TomcatUnderTest.start(
          settings, TomcatUnderTest.filter(settings), new TomcatUnderTest.Served(endpoint));
    }
  }
}
