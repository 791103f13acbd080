package dev.belay.jetty;

import dev.belay.testkit.contract.ServerContract;
import dev.belay.testkit.contract.ServerScript;
import dev.belay.testkit.contract.ServerSettings;
import dev.belay.testkit.contract.ServerUnderTest;

class JettyIT extends ServerContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return JettyUnderTest.start(settings, script);
  }
}
