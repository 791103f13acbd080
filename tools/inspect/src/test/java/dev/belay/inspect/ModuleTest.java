package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import org.junit.jupiter.api.Test;

/** The module exports its one package. */
class ModuleTest {

  @Test
  void exportsAreExact() {
    assertThat(Snapshot.class.getModule().getDescriptor().exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactly("dev.belay.inspect");
  }
}
