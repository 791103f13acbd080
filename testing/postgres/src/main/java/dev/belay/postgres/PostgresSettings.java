package dev.belay.postgres;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be chosen about a server before it starts. Immutable; each {@code with…} returns a copy.
 *
 * @param dataFolder where the data lives, kept when the server stops; {@code null} for a temporary
 *     folder that goes with the server
 * @param maxConnections how many connections the server accepts at once, the few it reserves for
 *     superusers included; at least 4
 * @param parameters more server parameters by name, as {@code postgresql.conf} has them; they win
 *     over those that {@link EmbeddedPostgres} sets by itself
 */
public record PostgresSettings(
    @Nullable Path dataFolder, int maxConnections, Map<String, String> parameters) {

  private static final PostgresSettings DEFAULTS = new PostgresSettings(null, 100, Map.of());

  /**
   * Checks and copies the components.
   *
   * @throws IllegalArgumentException if {@code maxConnections} is less than 4
   */
  public PostgresSettings {
    if (maxConnections < 4) {
      throw new IllegalArgumentException("maxConnections must be at least 4: " + maxConnections);
    }
    parameters = Map.copyOf(parameters);
  }

  /** {@return the settings of {@link EmbeddedPostgres#start()}: temporary data, 100 connections} */
  public static PostgresSettings defaults() {
    return DEFAULTS;
  }

  /**
   * {@return a copy that keeps its data in a folder}
   *
   * @param folder made if it is missing, filled with a new database cluster if it is empty, and
   *     opened as it is otherwise
   */
  public PostgresSettings withDataFolder(Path folder) {
    return new PostgresSettings(folder, maxConnections, parameters);
  }

  /**
   * {@return a copy that accepts so many connections at once}
   *
   * @param connections how many, at least 4
   * @throws IllegalArgumentException if {@code connections} is less than 4
   */
  public PostgresSettings withMaxConnections(int connections) {
    return new PostgresSettings(dataFolder, connections, parameters);
  }

  /**
   * {@return a copy with one more server parameter}
   *
   * @param name the parameter, such as {@code log_statement}
   * @param value its value, such as {@code all}
   */
  public PostgresSettings withParameter(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(name, value);
    return new PostgresSettings(dataFolder, maxConnections, more);
  }

  /** Returns every parameter the server is started with, {@code port} aside. */
  Map<String, String> serverParameters() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("listen_addresses", "127.0.0.1");
    all.put("unix_socket_directories", "");
    all.put("max_connections", Integer.toString(maxConnections));
    // Survives a killed process, not a power cut: right for tests, and several times faster.
    all.put("fsync", "off");
    // A query whose client has gone stops within this time instead of running to its end.
    all.put("client_connection_check_interval", "500ms");
    // In the data folder, so that a killed server leaves nothing outside it (/dev/shm, 64 MB in
    // Docker).
    all.put("dynamic_shared_memory_type", "mmap");
    all.putAll(parameters);
    return all;
  }
}
