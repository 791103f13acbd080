package dev.belay.apachehttp;

import dev.belay.contracts.client.ClientFeature;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientStormContract;
import dev.belay.contracts.client.ClientUnderTest;
import java.util.Set;

class ContextApacheHttpClientStormIT extends ClientStormContract {
  @Override
  protected ClientUnderTest open(ClientSettings settings) {
    return new ApacheClientUnderTest(settings);
  }

  /** Its classic interface knows HTTP/1.1 only. */
  @Override
  protected Set<ClientFeature> unsupported() {
    return Set.of(ClientFeature.HTTP2, ClientFeature.BODY_INTERRUPTS);
  }
}
