package dev.belay.jetty;

import dev.belay.contracts.server.ServerContract;
import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import java.util.Set;
import org.eclipse.jetty.server.Server;

class JettyIT extends ServerContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return JettyUnderTest.start(settings, script);
  }

  /** Jetty 12.1.0 by itself waits for more, then closes the connection. */
  @Override
  protected Set<ServerFeature> unsupported() {
    return Server.getVersion().equals("12.1.0") ? Set.of(ServerFeature.CHUNK_LIMITS) : Set.of();
  }
}
