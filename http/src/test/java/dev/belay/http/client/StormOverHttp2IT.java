package dev.belay.http.client;

class StormOverHttp2Test extends StormContract {
  @Override
  TestServer start() throws Exception {
    return new JettyServer();
  }
}
