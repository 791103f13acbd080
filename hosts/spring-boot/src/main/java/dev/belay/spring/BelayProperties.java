package dev.belay.spring;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code belay.*}.
 *
 * @param requestLimit how long a request may take; a client may ask for less
 * @param halfCloseIsGone whether a client that closes only its sending side counts as gone
 * @param headerTimeout how long a request's header may take as a whole
 * @param readLimit how long a client may take over the body of a request
 * @param writeLimit how long a client may take to read a response
 */
@ConfigurationProperties("belay")
public record BelayProperties(
    @DefaultValue("30s") Duration requestLimit,
    @DefaultValue("true") boolean halfCloseIsGone,
    @DefaultValue("30s") Duration headerTimeout,
    @DefaultValue("60s") Duration readLimit,
    @DefaultValue("60s") Duration writeLimit) {}
