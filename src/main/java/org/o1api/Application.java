package org.o1api;

import java.util.Map;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.media.sse.SseFeature;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

/** What Jersey serves: each resource, filter and provider by name, nothing found by scanning. */
final class Application extends ResourceConfig {
    Application(Object... components) {
        addProperties(Map.of(
                CommonProperties.PROVIDER_DEFAULT_DISABLE, "ALL",
                CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true,
                CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true,
                CommonProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0,
                ServerProperties.WADL_FEATURE_DISABLE, true,
                ServerProperties.RESPONSE_SET_STATUS_OVER_SEND_ERROR, true));
        register(SseFeature.class);
        for (Object component : components) {
            register(component);
        }
    }
}
