package dev.belay.spring;

import dev.belay.CancellableContext;
import dev.belay.Context;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.scheduling.annotation.AsyncAnnotationAdvisor;

/**
 * Gives {@code @Async} methods their context, on the thread that runs them and before a transaction
 * begins. One that returns a future works for its caller: it ends with the caller's context. One
 * that returns nothing is waited for by nothing, and goes on after it: it has the caller's values
 * and ends with the application.
 *
 * <p>Works on what Spring's own processor has made: it adds no proxy, and comes after it as a
 * processor without an order.
 */
final class AsyncMethods implements BeanPostProcessor {
  private final Supplier<Context> root;
  private final TimeLimits limits;

  AsyncMethods(Supplier<Context> root, TimeLimits limits) {
    this.root = root;
    this.limits = limits;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (bean instanceof Advised advised && !advised.isFrozen()) {
      Advisor[] advisors = advised.getAdvisors();
      for (int i = 0; i < advisors.length; i++) {
        if (advisors[i] instanceof AsyncAnnotationAdvisor async) {
          MethodInterceptor run = this::run;
          advised.addAdvisor(i + 1, new DefaultPointcutAdvisor(async.getPointcut(), run));
          break;
        }
      }
    }
    return bean;
  }

  private @Nullable Object run(MethodInvocation invocation) throws Throwable {
    Object target = invocation.getThis();
    Method method =
        AopUtils.getMostSpecificMethod(
            invocation.getMethod(), target == null ? null : AopUtils.getTargetClass(target));
    Context caller = Context.current();
    Duration limit = limits.of(method);
    String name = TimeLimits.nameOf(method);
    try {
      if (method.getReturnType() == void.class) {
        return detached(invocation, caller.withoutCancel().withName(name), limit);
      }
      caller.throwIfDone();
      return limit == null
          ? invocation.proceed()
          : limited(invocation, caller.withName(name), limit);
    } catch (Raised e) {
      throw e.getCause();
    }
  }

  private @Nullable Object detached(
      MethodInvocation invocation, Context values, @Nullable Duration limit) throws Exception {
    try (CancellableContext ctx = values.withCancelFrom(root.get())) {
      return limit == null ? ctx.call(c -> proceed(invocation)) : limited(invocation, ctx, limit);
    }
  }

  /** A future that is not complete yet needs its context until it is. */
  @SuppressWarnings("MustBeClosedChecker") // closed here, or by the future
  private static @Nullable Object limited(
      MethodInvocation invocation, Context parent, Duration limit) throws Exception {
    CancellableContext ctx = parent.withTimeout(limit);
    CompletionStage<?> pending = null;
    try {
      Object result = ctx.call(c -> proceed(invocation));
      pending = result instanceof CompletionStage<?> stage ? stage : null;
      return result;
    } finally {
      if (pending == null) {
        ctx.close();
      } else {
        pending.whenComplete((result, failure) -> ctx.close());
      }
    }
  }

  private static @Nullable Object proceed(MethodInvocation invocation) throws Exception {
    try {
      return invocation.proceed();
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new Raised(e);
    }
  }

  /** Carries a throwable that is neither an exception nor an error. */
  private static final class Raised extends Exception {
    private static final long serialVersionUID = 1L;

    Raised(Throwable cause) {
      super(cause);
    }
  }
}
