package dev.belay.tomcat;

import dev.belay.contracts.server.ServerContract;
import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.http.spi.SocketWatch;
import java.util.EnumSet;
import java.util.Set;

class TomcatIT extends ServerContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return TomcatUnderTest.start(settings, script);
  }

  @Override
  protected Set<ServerFeature> unsupported() {
    Set<ServerFeature> unsupported = EnumSet.of(ServerFeature.CUT_OFF_BODY_ANSWERED);
    if (SocketWatch.shared() == null) {
      unsupported.add(ServerFeature.GONE_BEHIND_ANY_BYTES);
    }
    return unsupported;
  }
}
