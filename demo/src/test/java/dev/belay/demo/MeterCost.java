package dev.belay.demo;

import com.sun.management.OperatingSystemMXBean;
import dev.belay.Context;
import dev.belay.micrometer.ContextMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Prints the CPU time of an order, customer included, with the meters of contexts and without: in
 * pairs, of which every second one begins with the other.
 *
 * <p>Arguments: how many pairs, and how many orders for each half.
 */
final class MeterCost {
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private MeterCost() {}

  public static void main(String[] args) throws Exception {
    System.setProperty("belay.log", "WARN");
    int pairs = Integer.parseInt(args[0]);
    int orders = Integer.parseInt(args[1]);
    List<Double> ratios = new ArrayList<>();
    try (OrderService shop = OrderService.start(Context.background(), Settings.embedded());
        HttpClient http = HttpClient.newHttpClient()) {
      shop.telemetry().close();
      place(shop, http, 4 * orders);
      for (int i = 0; i < pairs; i++) {
        double first = i % 2 == 0 ? without(shop, http, orders) : with(shop, http, orders);
        double second = i % 2 == 0 ? with(shop, http, orders) : without(shop, http, orders);
        double ratio = i % 2 == 0 ? second / first : first / second;
        ratios.add(ratio);
        System.out.printf(
            "pair %2d: %.3f ms and %.3f ms an order; with / without %.3f%n",
            i + 1, first, second, ratio);
      }
    }
    Collections.sort(ratios);
    System.out.printf(
        "median of %d pairs %.3f, quartiles %.3f and %.3f%n",
        pairs, ratios.get(pairs / 2), ratios.get(pairs / 4), ratios.get(pairs * 3 / 4));
  }

  private static double with(OrderService shop, HttpClient http, int orders) throws Exception {
    var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    try (var meters = new ContextMeters()) {
      meters.bindTo(registry);
      return without(shop, http, orders);
    } finally {
      registry.close();
    }
  }

  private static double without(OrderService shop, HttpClient http, int orders) throws Exception {
    System.gc();
    long before = SYSTEM.getProcessCpuTime();
    place(shop, http, orders);
    return (SYSTEM.getProcessCpuTime() - before) / 1e6 / orders;
  }

  private static void place(OrderService shop, HttpClient http, int orders) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(shop.address() + "/orders"))
            .header("Authorization", "Bearer demo")
            .POST(BodyPublishers.ofString(ShopTesting.ORDER))
            .build();
    for (int i = 0; i < orders; i++) {
      int status = http.send(request, BodyHandlers.ofString()).statusCode();
      if (status != 201) {
        throw new IllegalStateException("answered " + status);
      }
    }
  }
}
