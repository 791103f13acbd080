package dev.belay.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.belay.Context;
import java.lang.management.ManagementFactory;
import javax.management.JMX;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** The tree over JMX. */
class ContextsBeanTest {

  @Test
  void theBeanShowsTheTreeUntilItIsClosed() throws Exception {
    var server = ManagementFactory.getPlatformMBeanServer();
    var name = new ObjectName(ContextsMXBean.NAME);
    try (var registered = ContextsBean.register();
        var root = Context.root("over JMX");
        var child = root.withName("child").withCancel()) {
      ContextsMXBean bean = JMX.newMXBeanProxy(server, name, ContextsMXBean.class);
      assertThat(bean.getLiveCount()).isGreaterThanOrEqualTo(2);
      assertThat(bean.tree(1_000)).contains("over JMX").contains("  child");
      assertThat(bean.json()).contains("\"name\":\"over JMX\"");
      assertThat(bean.waits()).isNotEmpty();
      assertThatIllegalStateException().isThrownBy(ContextsBean::register);
      assertThat(child.isDone()).isFalse();
      registered.close();
      assertThat(server.isRegistered(name)).isFalse();
    }
  }
}
