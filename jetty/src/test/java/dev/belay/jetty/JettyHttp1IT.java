package dev.belay.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JettyHttp1IT extends Http1Scenarios {
  @Override
  ServerUnderTest.Host host() {
    return JettyUnderTest::start;
  }

  @Override
  Http1Client connect(ServerUnderTest server) throws Exception {
    return Http1Client.plain(server.port());
  }

  @Test
  void aPipelinedRequestIsHandledWhereOthersAre() throws Exception {
    Http1Client client = client();
    client.get("/a");
    Visit visit = entered("/a");
    client.get("/b");
    visit.assertStays();
    visit.release();
    assertThat(client.answer()).isEqualTo(ok("/a 0"));
    assertThat(visit.awaitEntered().isVirtual()).isTrue();
    assertThat(visits.at("/b").awaitEntered().isVirtual()).isTrue();
  }
}
