package dev.belay.spring;

import dev.belay.http.server.RequestContexts;
import dev.belay.http.server.RequestLimits;
import dev.belay.http.wire.WireFields;
import dev.belay.http.wire.WireHeaders;
import dev.belay.jdbc.ContextDataSource;
import dev.belay.servlet.ContextFilter;
import dev.belay.tomcat.ContextNioProtocol;
import jakarta.servlet.DispatcherType;
import java.lang.System.Logger.Level;
import java.util.EnumSet;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.task.TaskDecorator;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Puts an application under contexts: each request by {@link ContextFilter}, on Tomcat with {@link
 * ContextNioProtocol}, each {@code DataSource} bean by {@link ContextDataSource}, and the requests
 * of {@code RestClient} and {@code RestTemplate} by {@link ContextRequestFactoryBuilder}. {@code
 * belay.enabled=false} leaves all of it out. What an optional library is needed for has a
 * configuration of its own.
 */
@AutoConfiguration(
    beforeName =
        "org.springframework.boot.http.client.autoconfigure.imperative"
            + ".ImperativeHttpClientAutoConfiguration")
@ConditionalOnBooleanProperty(name = "belay.enabled", matchIfMissing = true)
@EnableConfigurationProperties(BelayProperties.class)
public final class BelayAutoConfiguration {
  private static final System.Logger LOG = System.getLogger("dev.belay.spring");

  /** For Spring. */
  public BelayAutoConfiguration() {}

  @Bean
  ApplicationRoot belayRoot() {
    return new ApplicationRoot();
  }

  /** What is read of requests, and sent with those to others: with each bean of that kind. */
  @Bean
  @ConditionalOnMissingBean
  WireHeaders belayHeaders(ObjectProvider<WireFields> fields) {
    WireHeaders headers = WireHeaders.DEFAULT;
    for (WireFields each : fields.orderedStream().toList()) {
      headers = headers.with(each);
    }
    return headers;
  }

  @Bean
  static TimeLimits belayTimeLimits() {
    return new TimeLimits();
  }

  /** Work on other threads. */
  @Configuration(proxyBeanMethods = false)
  static class Tasks {
    @Bean
    TaskDecorator belayTasks(ApplicationRoot root) {
      return new ContextTasks(root.context());
    }

    @Bean
    static ScheduledMethods belayScheduledMethods(
        ObjectProvider<ApplicationRoot> root, ObjectProvider<TimeLimits> limits) {
      return new ScheduledMethods(() -> root.getObject().context(), limits::getObject);
    }

    @Bean
    static BeanPostProcessor belayAsyncMethods(
        ObjectProvider<ApplicationRoot> root, TimeLimits limits) {
      return new AsyncMethods(() -> root.getObject().context(), limits);
    }
  }

  /** Requests. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Requests {
    @Bean
    FilterRegistrationBean<RequestFilter> belayFilter(
        ApplicationRoot root, BelayProperties properties, WireHeaders headers) {
      var clients = new RequestLimits(properties.readLimit(), properties.writeLimit());
      var filter =
          new FilterRegistrationBean<>(
              new RequestFilter(
                  properties.requestLimit(),
                  properties.requestLimits(),
                  limit ->
                      new ContextFilter(root.context(), new RequestContexts(limit, headers))
                          .withLimits(clients)));
      filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
      filter.setDispatcherTypes(EnumSet.allOf(DispatcherType.class));
      filter.setAsyncSupported(true);
      return filter;
    }
  }

  /** Tomcat, which notices that a client has gone. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(TomcatServletWebServerFactory.class)
  static class Tomcat {
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> belayTomcat(
        BelayProperties properties) {
      return factory -> {
        factory.setProtocol(ContextNioProtocol.class.getName());
        factory.addConnectorCustomizers(
            connector -> {
              if (connector.getProtocolHandler() instanceof ContextNioProtocol protocol) {
                protocol.setHalfCloseIsGone(properties.halfCloseIsGone());
                protocol.setHeaderTimeout(Math.toIntExact(properties.headerTimeout().toMillis()));
                LOG.log(
                    Level.INFO,
                    "Belay notices when a client of Tomcat leaves; requests are limited to {0}",
                    properties.requestLimit());
              }
            });
      };
    }
  }

  /** Spring MVC. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  @ConditionalOnClass(WebMvcConfigurer.class)
  static class Mvc {
    @Bean
    WebMvcConfigurer belayHandlers(TimeLimits limits) {
      return new WebMvcConfigurer() {
        @Override
        public void addInterceptors(InterceptorRegistry registry) {
          registry.addInterceptor(new HandlerLimits(limits)).order(Ordered.HIGHEST_PRECEDENCE);
        }

        @Override
        public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
          resolvers.add(new ContextArgument());
        }
      };
    }

    @Bean
    HandlerExceptionResolver belayFailures() {
      return new EndedRequests();
    }
  }

  /** Requests to others. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ClientHttpRequestFactoryBuilder.class)
  static class Clients {
    @Bean
    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    ClientHttpRequestFactoryBuilder<?> belayRequests(WireHeaders headers) {
      return new ContextRequestFactoryBuilder(headers);
    }
  }

  /** SQL. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(DataSource.class)
  static class Data {
    @Bean
    static BeanPostProcessor belayDataSources() {
      return new DataSources();
    }
  }
}
