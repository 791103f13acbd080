package dev.belay.spring;

import dev.belay.jdbc.ContextDataSource;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.util.ClassUtils;

/**
 * Puts every {@code DataSource} bean under contexts. One that chooses between others is left as it
 * is: the others are under contexts themselves, if they are beans.
 */
final class DataSources implements BeanPostProcessor {
  private static final Set<String> CHOOSING =
      Set.of("org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource");

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof DataSource source
            && !(bean instanceof ContextDataSource)
            && !chooses(bean.getClass())
        ? ContextDataSource.wrap(source)
        : bean;
  }

  /** By name: Spring's JDBC may be missing. */
  private static boolean chooses(Class<?> type) {
    for (Class<?> each = ClassUtils.getUserClass(type); each != null; each = each.getSuperclass()) {
      if (CHOOSING.contains(each.getName())) {
        return true;
      }
    }
    return false;
  }
}
