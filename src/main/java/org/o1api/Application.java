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

/**
 * The Jersey application. All resources, filters and providers are registered explicitly; there is no classpath
 * scanning.
 */
final class Application extends ResourceConfig {
    /**
     * Jersey logs each client disconnect as SEVERE with a stack trace. The reference is kept because unreferenced
     * loggers are garbage collected and lose their level.
     */
    private static final Logger JERSEY_RESPONDER_LOGGER =
            Logger.getLogger("org.glassfish.jersey.server.ServerRuntime$Responder");

    static {
        JERSEY_RESPONDER_LOGGER.setLevel(Level.OFF);
    }

    /** Registers the resources, and the filters and other providers. */
    Application(List<Object> resources, List<Object> providers) {
        addProperties(Map.of(
                CommonProperties.PROVIDER_DEFAULT_DISABLE, "ALL",
                CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true,
                ServerProperties.WADL_FEATURE_DISABLE, true));
        register(SseFeature.class);
        providers.forEach(this::register);
        // Resources are registered by class and bound to their instance: Jersey logs a warning for resources that are
        // registered as instances.
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
