package dev.belay;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.module.ModuleDescriptor;
import org.junit.jupiter.api.Test;

/** Core exports what is meant for others, and needs nothing but the JDK. */
class ModuleTest {
  private final ModuleDescriptor descriptor = Context.class.getModule().getDescriptor();

  @Test
  void exportsAreExact() {
    assertThat(descriptor.exports())
        .extracting(ModuleDescriptor.Exports::toString)
        .containsExactlyInAnyOrder(
            "dev.belay", "dev.belay.group", "dev.belay.lifecycle", "dev.belay.spi");
  }

  @Test
  void requiresAreExact() {
    assertThat(descriptor.requires())
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("java.base", "org.jspecify");
  }
}
