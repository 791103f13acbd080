package dev.belay.okhttp;

import dev.belay.contracts.client.ClientContract;
import dev.belay.contracts.client.ClientFeature;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientUnderTest;
import java.util.Set;

class ContextOkHttpClientContractIT extends ClientContract {
  @Override
  protected ClientUnderTest open(ClientSettings settings) {
    return new OkHttpUnderTest(settings);
  }

  @Override
  protected Set<ClientFeature> unsupported() {
    return Set.of(ClientFeature.BODY_INTERRUPTS);
  }
}
