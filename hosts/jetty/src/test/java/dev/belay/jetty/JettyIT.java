package dev.belay.jetty;

import dev.belay.contracts.server.ServerContract;
import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import dev.belay.http.spi.SocketWatch;
import java.util.EnumSet;
import java.util.Set;
import org.eclipse.jetty.server.Server;

class JettyIT extends ServerContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return JettyUnderTest.start(settings, script);
  }

  @Override
  protected Set<ServerFeature> unsupported() {
    return unsupportedHere();
  }

  /** A servlet that fails when its client is gone has no answer. */
  static Set<ServerFeature> unsupportedForServlets() {
    Set<ServerFeature> unsupported = unsupportedHere();
    unsupported.add(ServerFeature.CUT_OFF_BODY_ANSWERED);
    return unsupported;
  }

  /** Jetty 12.1.0 by itself waits for more, then closes the connection. */
  static Set<ServerFeature> unsupportedHere() {
    Set<ServerFeature> unsupported = EnumSet.noneOf(ServerFeature.class);
    if (Server.getVersion().equals("12.1.0")) {
      unsupported.add(ServerFeature.CHUNK_LIMITS);
    }
    if (SocketWatch.shared() == null) { // SocketWatchIT says where it must be there
      unsupported.add(ServerFeature.GONE_BEHIND_ANY_BYTES);
      unsupported.add(ServerFeature.GONE_AFTER_GOAWAY);
    }
    return unsupported;
  }
}
