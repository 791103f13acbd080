package dev.belay.spring;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code belay.*}.
 *
 * @param requestLimit how long a request may take; a client may ask for less
 * @param requestLimits how long the requests of some paths may take instead, by patterns as Spring
 *     MVC has them; the most specific pattern that matches counts
 * @param halfCloseIsGone whether a client that closes only its sending side counts as gone
 * @param headerTimeout how long a request's header may take as a whole
 * @param readLimit how long a client may take over the body of a request
 * @param writeLimit how long a client may take to read a response
 */
@ConfigurationProperties("belay")
public record BelayProperties(
    @DefaultValue("30s") Duration requestLimit,
    @DefaultValue Map<String, Duration> requestLimits,
    @DefaultValue("true") boolean halfCloseIsGone,
    @DefaultValue("30s") Duration headerTimeout,
    @DefaultValue("60s") Duration readLimit,
    @DefaultValue("60s") Duration writeLimit) {}
