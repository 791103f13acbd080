package dev.belay.resilience4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import org.junit.jupiter.api.Test;

/** The module exports one package. */
class ModuleTest {
  private final ModuleDescriptor descriptor = ContextRetry.class.getModule().getDescriptor();

  @Test
  void exportsAreExact() {
    assertThat(descriptor.exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactly("dev.belay.resilience4j");
  }

  @Test
  void requiresAreExact() {
    assertThat(descriptor.requires())
        .filteredOn(required -> !required.modifiers().contains(Modifier.STATIC))
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("java.base", "dev.belay", "io.github.resilience4j.core");
  }
}
