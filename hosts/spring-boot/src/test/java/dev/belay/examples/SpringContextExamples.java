package dev.belay.examples;

import static dev.belay.testkit.assertions.ContextAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import dev.belay.testkit.SharedThreads;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** The code of docs/guide/testing.md with Spring. */
// @start region=spring
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@SharedThreads(
    value = {"http-nio-", "Catalina-", "container-", "HttpClient-"},
    scope = SharedThreads.Scope.RUN)
class SpringContextExamples {
  @Autowired RestClient.Builder clients;
  @Autowired Environment environment;

  @Test
  void greets(Context ctx) {
    String uri = "http://localhost:" + environment.getProperty("local.server.port") + "/greeting";
    try (var limited = ctx.withTimeout(Duration.ofMinutes(1))) {
      String greeting =
          limited.call(c -> clients.build().get().uri(uri).retrieve().body(String.class));
      assertThat(greeting).isEqualTo("hello");
      assertThat(limited).isActive();
    }
  }

  // @end region=spring

  /** The application, which has no database. */
  @SpringBootConfiguration
  @EnableAutoConfiguration(
      excludeName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
  @RestController
  static class Greetings {
    @GetMapping("/greeting")
    String greeting(Context ctx) {
      return ctx.isDone() ? "too late" : "hello";
    }
  }
}
