package dev.belay.http.client;

import dev.belay.testkit.contract.ClientContract;
import dev.belay.testkit.contract.ClientSettings;
import dev.belay.testkit.contract.ClientUnderTest;

class ContextHttpClientContractIT extends ClientContract {
  @Override
  protected ClientUnderTest open(ClientSettings settings) {
    return new JdkClientUnderTest(settings);
  }
}
