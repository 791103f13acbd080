package dev.belay.okhttp;

import dev.belay.testkit.contract.ClientContract;
import dev.belay.testkit.contract.ClientFeature;
import dev.belay.testkit.contract.ClientSettings;
import dev.belay.testkit.contract.ClientUnderTest;
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
