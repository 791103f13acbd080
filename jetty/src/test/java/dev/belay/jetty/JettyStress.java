package dev.belay.jetty;

import dev.belay.testkit.contract.ServerScript;
import dev.belay.testkit.contract.ServerSettings;
import dev.belay.testkit.contract.ServerStressContract;
import dev.belay.testkit.contract.ServerUnderTest;

class JettyStress extends ServerStressContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return JettyUnderTest.start(settings, script);
  }
}
