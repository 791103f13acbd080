package dev.belay.http.client;

import dev.belay.contracts.client.ClientContract;
import dev.belay.contracts.client.ClientSettings;
import dev.belay.contracts.client.ClientUnderTest;

class ContextHttpClientContractIT extends ClientContract {
  @Override
  protected ClientUnderTest open(ClientSettings settings) {
    return new JdkClientUnderTest(settings);
  }
}
