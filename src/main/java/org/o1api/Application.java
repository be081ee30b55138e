package org.o1api;

import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.internal.inject.AbstractBinder;
import org.glassfish.jersey.media.sse.SseFeature;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

/** What Jersey serves: each resource, filter and provider by name, nothing found by scanning. */
final class Application extends ResourceConfig {
    /** Logs each client that leaves as SEVERE, with its stack trace; held here, since a logger that nobody holds forgets. */
    private static final Logger JERSEY_RESPONDER_LOGGER =
            Logger.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");

    static {
        JERSEY_RESPONDER_LOGGER.setLevel(Level.OFF);
    }

    /** Serves these resources, by way of these filters and providers. */
    Application(List<Object> resources, List<Object> providers) {
        addProperties(Map.of(
                CommonProperties.PROVIDER_DEFAULT_DISABLE, "ALL",
                CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true,
                ServerProperties.WADL_FEATURE_DISABLE, true));
        register(SseFeature.class);
        providers.forEach(this::register);
        // By class, and bound: a resource that is registered as an instance is warned of as a provider that is none.
        resources.forEach(resource -> register(resource.getClass()));
        register(new AbstractBinder() {
            @Override
            protected void configure() {
                resources.forEach(this::bindItself);
            }

            private <T> void bindItself(T resource) {
                bind(resource).to(resource.getClass());
            }
        });
    }
}
