package dev.belay.jetty;

import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerStressContract;
import dev.belay.contracts.server.ServerUnderTest;

class JettyStress extends ServerStressContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return JettyUnderTest.start(settings, script);
  }
}
