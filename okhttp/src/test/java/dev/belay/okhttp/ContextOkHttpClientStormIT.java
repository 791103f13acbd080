package dev.belay.okhttp;

import dev.belay.testkit.contract.ClientFeature;
import dev.belay.testkit.contract.ClientSettings;
import dev.belay.testkit.contract.ClientStormContract;
import dev.belay.testkit.contract.ClientUnderTest;
import java.util.Set;

class ContextOkHttpClientStormIT extends ClientStormContract {
  @Override
  protected ClientUnderTest open(ClientSettings settings) {
    return new OkHttpUnderTest(settings);
  }

  @Override
  protected Set<ClientFeature> unsupported() {
    return Set.of(ClientFeature.BODY_INTERRUPTS);
  }
}
