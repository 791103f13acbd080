package dev.belay.spring;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * The {@link TimeLimit}s of all beans' methods, read when the beans are made: so a limit that is
 * none fails the start.
 */
final class TimeLimits implements BeanPostProcessor {
  private final Map<Method, Duration> byMethod = new ConcurrentHashMap<>();
  private final Map<String, Duration> byQualifiedName = new ConcurrentHashMap<>();

  /** A method in messages and in the live tree: {@code Shop.orders}. */
  static String nameOf(Method method) {
    return method.getDeclaringClass().getSimpleName() + "." + method.getName();
  }

  /** The same for {@code com.shop.Shop$Mails.send}. */
  static String shortened(String qualifiedName) {
    int dot = qualifiedName.lastIndexOf('.');
    int type =
        Math.max(qualifiedName.lastIndexOf('.', dot - 1), qualifiedName.lastIndexOf('$', dot));
    return qualifiedName.substring(type + 1);
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    Class<?> type = AopUtils.getTargetClass(bean);
    if (!type.getName().startsWith("org.springframework.")) {
      MethodIntrospector.selectMethods(type, (Method method) -> annotationOf(method, type))
          .forEach(this::put);
    }
    return bean;
  }

  private static @Nullable TimeLimit annotationOf(Method method, Class<?> type) {
    TimeLimit own = AnnotatedElementUtils.findMergedAnnotation(method, TimeLimit.class);
    return own != null ? own : AnnotatedElementUtils.findMergedAnnotation(type, TimeLimit.class);
  }

  private void put(Method method, TimeLimit annotation) {
    Duration limit = parsed(method, annotation.value());
    byMethod.put(method, limit);
    byQualifiedName.put(method.getDeclaringClass().getName() + "." + method.getName(), limit);
  }

  private static Duration parsed(Method method, String value) {
    Duration limit;
    try {
      limit = DurationStyle.detectAndParse(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(message(method, value), e);
    }
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(message(method, value));
    }
    return limit;
  }

  private static String message(Method method, String value) {
    return "@TimeLimit(\"%s\") of %s is no duration of more than zero: write one like 500ms, 2s, 1m"
        .formatted(value, nameOf(method));
  }

  @Nullable Duration of(Method method) {
    return byMethod.get(method);
  }

  /** By {@code com.shop.Mails.send}, as Spring's scheduler names what it runs. */
  @Nullable Duration of(String qualifiedName) {
    return byQualifiedName.get(qualifiedName);
  }
}
