package dev.belay.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.belay.contracts.server.ServerContract;
import dev.belay.contracts.server.ServerFeature;
import dev.belay.contracts.server.ServerScript;
import dev.belay.contracts.server.ServerSettings;
import dev.belay.contracts.server.ServerUnderTest;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;

class UnsupportedTest {

  /** A host that can do nothing, and so is asked for little. */
  static class Nothing extends ServerContract {
    @Override
    protected ServerUnderTest start(ServerSettings settings, ServerScript script) {
      throw new IllegalStateException("started");
    }

    @Override
    protected Set<ServerFeature> unsupported() {
      return EnumSet.allOf(ServerFeature.class);
    }
  }

  @Test
  void whatIsDeclaredUnsupportedIsShownAsSkippedAndTheRestIsDemanded() {
    var events =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectClass(Nothing.class))
            .execute()
            .testEvents();
    assertThat(events.aborted().list())
        .hasSizeGreaterThan(80)
        .allSatisfy(
            event ->
                assertThat(
                        event
                            .getRequiredPayload(TestExecutionResult.class)
                            .getThrowable()
                            .orElseThrow())
                    .hasMessageStartingWith("Nothing declares ")
                    .hasMessageEndingWith(" unsupported"));
    assertThat(events.failed().list())
        .as("what every host must do over HTTP/1.1")
        .hasSizeGreaterThan(15)
        .allSatisfy(
            event ->
                assertThat(
                        event
                            .getRequiredPayload(TestExecutionResult.class)
                            .getThrowable()
                            .orElseThrow())
                    .hasMessage("started"));
    assertThat(events.succeeded().list()).isEmpty();
  }
}
