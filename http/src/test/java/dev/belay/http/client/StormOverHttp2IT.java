package dev.belay.http.client;

class StormOverHttp2IT extends StormContract {
  @Override
  TestServer start() throws Exception {
    return new JettyServer();
  }
}
