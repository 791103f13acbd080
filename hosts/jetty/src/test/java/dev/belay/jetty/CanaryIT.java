package dev.belay.jetty;

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
      return JettyUnderTest.start(settings, script);
    }
  }

  @Nested
  class WithMiddleware extends CanaryContract {
    @Override
    protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
      return JettyUnderTest.start(
          settings, JettyUnderTest.handler(settings, MiddlewareIT::around, script));
    }
  }
}
