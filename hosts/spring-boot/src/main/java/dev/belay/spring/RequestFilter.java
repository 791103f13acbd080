package dev.belay.spring;

import dev.belay.servlet.ContextFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/** Runs each request by the {@link ContextFilter} that has the limit of its path. */
final class RequestFilter implements Filter {
  private final ContextFilter others;

  /** The most specific pattern first. */
  private final SortedMap<PathPattern, ContextFilter> byPath = new TreeMap<>();

  /**
   * A filter for the limit of each path.
   *
   * @param limits by patterns as Spring MVC has them
   * @param filter makes the filter with a limit
   */
  RequestFilter(
      Duration limit, Map<String, Duration> limits, Function<Duration, ContextFilter> filter) {
    others = filter.apply(limit);
    limits.forEach(
        (pattern, each) ->
            byPath.put(PathPatternParser.defaultInstance.parse(pattern), filter.apply(each)));
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    filterOf(request).doFilter(request, response, chain);
  }

  private ContextFilter filterOf(ServletRequest request) {
    if (!byPath.isEmpty() && request instanceof HttpServletRequest http) {
      String path = http.getRequestURI().substring(http.getContextPath().length());
      PathContainer container = parsed(path);
      for (Map.Entry<PathPattern, ContextFilter> each : byPath.entrySet()) {
        if (each.getKey().matches(container)) {
          return each.getValue();
        }
      }
    }
    return others;
  }

  /** A path that cannot be decoded is as good as none: Spring refuses it. */
  private static PathContainer parsed(String path) {
    try {
      return PathContainer.parsePath(path);
    } catch (IllegalArgumentException e) {
      return PathContainer.parsePath("");
    }
  }
}
