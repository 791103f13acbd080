package dev.belay.jetty;

class JettyHttp2IT extends Http2Scenarios {
  @Override
  ServerUnderTest.Host host() {
    return JettyUnderTest::start;
  }

  @Override
  Http2Client connect(ServerUnderTest server) throws Exception {
    return Http2Client.priorKnowledge(server.port());
  }
}
