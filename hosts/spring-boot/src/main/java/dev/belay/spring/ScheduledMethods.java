package dev.belay.spring;

import dev.belay.Context;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.scheduling.annotation.ScheduledAnnotationBeanPostProcessor;
import org.springframework.scheduling.config.TaskSchedulerRouter;

/**
 * Gives each run of a {@code @Scheduled} method a context: by a scheduler before the one that
 * Spring would choose. One that the application sets in a {@code SchedulingConfigurer} takes its
 * place.
 */
final class ScheduledMethods
    implements BeanPostProcessor, PriorityOrdered, BeanFactoryAware, DisposableBean {
  private final Supplier<Context> root;
  private final Supplier<TimeLimits> limits;
  private final TaskSchedulerRouter router = new TaskSchedulerRouter();

  ScheduledMethods(Supplier<Context> root, Supplier<TimeLimits> limits) {
    this.root = root;
    this.limits = limits;
  }

  /** Before Spring's own processor, which has an order and no priority. */
  @Override
  public int getOrder() {
    return LOWEST_PRECEDENCE;
  }

  @Override
  public void setBeanFactory(BeanFactory beans) {
    router.setBeanFactory(beans);
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, @Nullable String name) {
    if (bean instanceof ScheduledAnnotationBeanPostProcessor methods) {
      methods.setScheduler(new ContextScheduler(router, root, limits.get()));
    }
    return bean;
  }

  @Override
  public void destroy() {
    router.destroy();
  }
}
