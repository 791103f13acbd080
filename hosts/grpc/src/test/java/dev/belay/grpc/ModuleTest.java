package dev.belay.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The module exports its one package. */
class ModuleTest {

  @Test
  void exportsAreExact() throws URISyntaxException {
    // From the class files: these tests may run on the class path.
    Path classes =
        Path.of(
            ContextServerInterceptor.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
    var modules = ModuleFinder.of(classes).findAll();
    assertThat(modules).hasSize(1);
    assertThat(modules.iterator().next().descriptor().exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactly("dev.belay.grpc");
  }
}
