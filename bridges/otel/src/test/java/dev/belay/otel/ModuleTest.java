package dev.belay.otel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The module exports one package. */
class ModuleTest {

  @Test
  void exportsAreExact() throws URISyntaxException {
    // From the class files: these tests may run on the class path.
    Path classes =
        Path.of(Tracing.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    var modules = ModuleFinder.of(classes).findAll();
    assertThat(modules).hasSize(1);
    assertThat(modules.iterator().next().descriptor().exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactlyInAnyOrder("dev.belay.otel");
  }
}
