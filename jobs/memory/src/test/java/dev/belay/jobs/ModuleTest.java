package dev.belay.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import org.junit.jupiter.api.Test;

/** The module exports one package, and needs only core. */
class ModuleTest {
  private final ModuleDescriptor descriptor = Workers.class.getModule().getDescriptor();

  @Test
  void exportsAreExact() {
    assertThat(descriptor.exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactly("dev.belay.jobs");
  }

  @Test
  void requiresAreExact() {
    assertThat(descriptor.requires())
        .filteredOn(required -> !required.modifiers().contains(Modifier.STATIC))
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("java.base", "dev.belay");
  }
}
