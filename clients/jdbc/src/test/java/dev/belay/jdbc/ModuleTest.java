package dev.belay.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import org.junit.jupiter.api.Test;

/** The module exports one package; the pool and the driver are optional. */
class ModuleTest {
  private final ModuleDescriptor descriptor = ContextDataSource.class.getModule().getDescriptor();

  @Test
  void exportsAreExact() {
    assertThat(descriptor.exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactly("dev.belay.jdbc");
  }

  @Test
  void requiresAreExact() {
    assertThat(descriptor.requires())
        .filteredOn(required -> !required.modifiers().contains(Modifier.STATIC))
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("java.base", "java.sql", "dev.belay");
  }
}
