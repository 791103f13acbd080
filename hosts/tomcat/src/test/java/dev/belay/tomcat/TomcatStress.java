package dev.belay.tomcat;

import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerStressContract;
import dev.belay.contracts.server.ServerUnderTest;
import java.lang.module.ModuleDescriptor.Version;
import java.util.Set;
import org.apache.catalina.util.ServerInfo;

class TomcatStress extends ServerStressContract {
  @Override
  protected ServerUnderTest start(ServerSettings settings, ServerScript script) throws Exception {
    return TomcatUnderTest.start(settings, script);
  }

  /** Before these, Tomcat itself loses streams of HTTP/2 under load, also without Belay. */
  @Override
  protected Set<ServerFeature> unsupported() {
    String tomcat = ServerInfo.getServerNumber();
    String first = tomcat.startsWith("10.") ? "10.1.62" : "11.0.26";
    return Version.parse(tomcat).compareTo(Version.parse(first)) < 0
        ? Set.of(ServerFeature.HTTP2)
        : Set.of();
  }
}
