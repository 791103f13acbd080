package dev.belay.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.belay.Context;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** When an application has the endpoint, and what it answers. */
class ContextsEndpointTest {
  private final ApplicationContextRunner application =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ActuatorAutoConfiguration.class));

  @Test
  void itShowsTheTreeWhereItIsExposed() {
    application
        .withPropertyValues("management.endpoints.web.exposure.include=contexts")
        .run(
            started -> {
              ContextsEndpoint endpoint = started.getBean(ContextsEndpoint.class);
              try (var root = Context.root("application");
                  var order = root.withName("POST /orders").withCancel()) {
                assertThat(endpoint.snapshot()).contains("\"name\":\"POST /orders\"");
                assertThat(endpoint.text("tree")).contains("  POST /orders");
                assertThat(endpoint.text("waits")).isNotEmpty();
                assertThat(endpoint.text("values")).isNull();
                assertThat(order.isDone()).isFalse();
              }
            });
  }

  @Test
  void notExposedDisabledOrWithoutActuatorThereIsNone() {
    application.run(started -> assertThat(started).doesNotHaveBean(ContextsEndpoint.class));
    application
        .withPropertyValues(
            "management.endpoints.web.exposure.include=contexts", "belay.enabled=false")
        .run(started -> assertThat(started).doesNotHaveBean(ContextsEndpoint.class));
    application
        .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
        .run(started -> assertThat(started).hasNotFailed().doesNotHaveBean(ContextsEndpoint.class));
  }
}
