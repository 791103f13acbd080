package dev.belay.tomcat;

import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerStressContract;
import dev.belay.contracts.server.ServerUnderTest;

class TomcatStress extends ServerStressContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return TomcatUnderTest.start(settings, script);
  }
}
